//! Which pages may embed the widget. An entry is an origin, scheme and host and perhaps port; the
//! port may be `*`. Nothing else is a pattern: no suffixes, no prefixes, no sub-domains.

const ANY_PORT: &str = ":*";

/// Whether a page's origin is allowed.
pub fn allows(allowed: &[String], origin: &str) -> bool {
    if normal(origin).as_deref() != Some(origin) || origin.ends_with(ANY_PORT) {
        return false; // A browser sends origins in normal form; `null` is none.
    }
    allowed.iter().any(|entry| match entry.strip_suffix(ANY_PORT) {
        None => entry == origin,
        Some(base) => origin == base || without_port(origin) == base,
    })
}

/// The form in which a browser would send it: lower case, no path, no default port. `None` when
/// the text is no http(s) origin.
pub fn normal(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
    let (scheme, rest) = text.split_once("://")?;
    let default = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return None,
    };
    let rest = rest.strip_suffix(default).unwrap_or(rest);
    let (host, port) = rest.rsplit_once(':').map_or((rest, None), |(h, p)| (h, Some(p)));
    let label = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    let host_fits = !host.is_empty() && host.bytes().all(label) && !host.starts_with('.');
    let number = |port: &str| port.parse::<u16>().is_ok_and(|value| value.to_string() == port);
    let port_fits = port.is_none_or(|port| port == "*" || number(port));
    (host_fits && port_fits).then(|| format!("{scheme}://{rest}"))
}

fn without_port(origin: &str) -> &str {
    match origin.rsplit_once(':') {
        Some((base, port)) if !port.starts_with("//") => base,
        _ => origin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t1_only_listed_origins_are_allowed() {
        let allowed = ["https://shop.example".to_owned(), "http://127.0.0.1:*".to_owned()];
        let check = |origin: &str, ok| assert_eq!(allows(&allowed, origin), ok, "{origin}");
        check("https://shop.example", true);
        check("http://shop.example", false);
        check("https://shop.example:8443", false);
        check("https://shop.example.evil.example", false);
        check("https://evilshop.example", false);
        check("https://www.shop.example", false);
        check("https://SHOP.example", false);
        check("https://shop.example/", false);
        check("null", false);
        check("", false);
        check("http://127.0.0.1", true);
        check("http://127.0.0.1:8787", true);
        check("http://127.0.0.1:*", false);
        check("http://127.0.0.11:8787", false);
        check("https://127.0.0.1:8787", false);
        check("http://127.0.0.1:8787@evil.example", false);
    }

    #[test]
    fn entries_are_brought_to_the_form_a_browser_sends() {
        let check = |text: &str, form: Option<&str>| assert_eq!(normal(text).as_deref(), form);
        check(" https://Shop.Example/ ", Some("https://shop.example"));
        check("https://shop.example:443", Some("https://shop.example"));
        check("http://localhost:*", Some("http://localhost:*"));
        check("shop.example", None);
        check("ftp://shop.example", None);
        check("https://shop.example/path", None);
        check("https://*.shop.example", None);
        check("https://shop.example:99999", None);
        check("https://", None);
    }
}
