// Makes the demo site and its team by the public API, as a person would. Safe to repeat: what is
// there already is left as it is, and a start that broke off half-way is completed.

import { Problem } from './problem.mjs';

export const PASSWORD = 'edgewise-demo';
export const OWNER = { name: 'Olivia Owner', email: 'owner@example.com' };
export const AGENT = { name: 'Ana Agent', email: 'agent@example.com' };
const SITE = 'demo';

async function post(url, path, body, cookie) {
  const headers = { 'content-type': 'application/json', origin: url };
  if (cookie) headers.cookie = cookie;
  const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const { code } = answer.ok ? {} : await answer.json().catch(() => ({}));
  const cookies = answer.headers.getSetCookie().map((one) => one.split(';')[0]);
  return { status: answer.status, code, cookie: cookies.join('; ') };
}

function expect(what, answer, ...codes) {
  if (answer.status < 300 || codes.includes(answer.code)) return answer;
  throw new Problem(`${what} failed: ${answer.status} ${answer.code ?? ''}`.trim());
}

/** Sets up the site `demo` with an owner and an agent. */
export async function seedDemo(url, token) {
  const origins = ['http://127.0.0.1:*', 'http://localhost:*'];
  const setup = {
    token,
    site: SITE,
    site_name: 'Demo shop',
    origins,
    ...OWNER,
    password: PASSWORD,
  };
  let session = expect('Set-up', await post(url, '/api/setup', setup), 'already_set_up');
  if (session.code) {
    session = await post(url, '/api/sign-in', { email: OWNER.email, password: PASSWORD });
    // The owner has chosen another password since: then the team is theirs, too.
    if (session.code === 'wrong_credentials' || session.code === 'too_many_tries') return;
    expect('Sign-in', session);
  }
  const agent = { ...AGENT, password: PASSWORD, role: 'agent', capacity: 5 };
  const added = await post(url, '/api/agents', agent, session.cookie);
  expect('Adding the agent', added, 'email_taken');
}
