//! Carrying what one object owes another: parcels of the outbox go by `fetch`, and come off the
//! outbox when the receiver has answered.

use super::platform;
use crate::id::{ConversationId, SiteId};
use crate::protocol::peer::Delivery;
use crate::store::{Mail, Parcel, Sql, StoreError};
use futures::future::join_all;
use serde::Serialize;
use serde::de::DeserializeOwned;
use worker::{Request, Response, Result, Stub, console_error};

/// Name of a conversation object: ids have no colon, so it can be taken apart again.
pub fn conversation_name(site: &SiteId, conversation: &ConversationId) -> String {
    format!("{site}:{conversation}")
}

/// Site and conversation of a conversation object's name.
pub fn parse_conversation_name(name: &str) -> Option<(SiteId, ConversationId)> {
    let (site, conversation) = name.split_once(':')?;
    Some((SiteId::parse(site)?, ConversationId::parse(conversation)?))
}

/// Carries everything that is due, several receivers at once, one parcel each.
pub async fn deliver<S: Sql>(
    mail: &Mail<'_, S>,
    source: &str,
    stub_of: impl Fn(&str) -> Result<Stub>,
) -> std::result::Result<(), StoreError> {
    let parcels = mail.parcels(platform::now())?;
    let posts = parcels.iter().map(|parcel| post_parcel(parcel, source, &stub_of));
    let outcomes = join_all(posts).await;
    let now = platform::now();
    for (parcel, outcome) in parcels.iter().zip(outcomes) {
        match outcome {
            Ok(()) => mail.delivered(parcel)?,
            Err(error) => {
                console_error!("{source} could not tell {}: {error}", parcel.peer);
                mail.failed(now, parcel)?;
            }
        }
    }
    Ok(())
}

async fn post_parcel(
    parcel: &Parcel,
    source: &str,
    stub_of: &impl Fn(&str) -> Result<Stub>,
) -> Result<()> {
    let stub = stub_of(&parcel.peer)?;
    let request = platform::limited(&posting("/tell", parcel.letter(source))?)?;
    let response = stub.fetch_with_request(request).await;
    match response?.status_code() {
        204 => Ok(()),
        status => Err(worker::Error::RustError(format!("answered {status}"))),
    }
}

/// The delivery in a request, when it is one.
pub async fn receive<T: DeserializeOwned>(request: &mut Request) -> Result<Delivery<T>> {
    Ok(serde_json::from_str(&request.text().await?)?)
}

/// Asks an object a question in JSON.
pub async fn ask<Q: Serialize, A: DeserializeOwned>(stub: &Stub, question: &Q) -> Result<A> {
    let mut response = post(stub, "/ask", serde_json::to_string(question)?).await?;
    if response.status_code() != 200 {
        return Err(worker::Error::RustError(format!("answered {}", response.status_code())));
    }
    Ok(serde_json::from_str(&response.text().await?)?)
}

/// Posts JSON to an object.
pub async fn post(stub: &Stub, path: &str, body: String) -> Result<Response> {
    stub.fetch_with_request(posting(path, body)?).await
}

fn posting(path: &str, body: String) -> Result<Request> {
    let headers = [("Content-Type", "application/json")];
    platform::request("POST", &format!("https://object{path}"), &headers, Some(&body))
}
