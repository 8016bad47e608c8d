// The samples of docs/embed.md by which a site's server names a visitor, run as they stand there:
// Node's always, the others where their language is at hand. Rust's is in tests/identity.rs.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const document = readFileSync(new URL('../../docs/embed.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'edgewise-samples-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const SECRET = 'q0Vp5hQ2m8cWQwA3Zk1xX4n7uYb9tLr6sDf0gHj-_iE';
const USER = { id: 42, name: 'Ada “Countess” Łovelace', email: 'ada@shop.example' };

/** The block of a language in which its server's function stands. */
function sample(language: string, holds: string): string {
  const blocks = document.split(`\`\`\`${language}\n`).slice(1);
  const found = blocks
    .map((block) => block.split('```')[0] ?? '')
    .find((one) => one.includes(holds));
  assert.ok(found, `no sample in ${language}`);
  return found;
}

type Sample = { language: string; holds: string; file: string; run: string[]; call: string };

const name = JSON.stringify(USER.name);
const samples: Sample[] = [
  {
    language: 'js',
    holds: 'chatToken',
    file: 'token.mjs',
    run: [process.execPath],
    call: `process.stdout.write(chatToken(${JSON.stringify(USER)}));`,
  },
  {
    language: 'python',
    holds: 'chat_token',
    file: 'token_of.py',
    run: ['python3'],
    call: `print(chat_token({"id": 42, "name": ${name}, "email": "${USER.email}"}), end="")`,
  },
  {
    language: 'php',
    holds: 'chat_token',
    file: 'token.php',
    run: ['php'],
    call: `echo chat_token(['id' => 42, 'name' => ${name}, 'email' => '${USER.email}']);`,
  },
  {
    language: 'go',
    holds: 'func Token',
    file: 'token.go',
    run: ['go', 'run'],
    call: `func main() {
      token, _ := Token("42", ${name}, "${USER.email}")
      os.Stdout.WriteString(token)
    }`,
  },
];

const isHere = (command = '') => !spawnSync(command, ['--version'], { stdio: 'ignore' }).error;

for (const { language, holds, file, run, call } of samples.filter((one) => isHere(one.run[0]))) {
  test(`I1 the sample in ${language} makes a token that counts`, () => {
    const code = sample(language, holds).replace('package chat', 'package main');
    const path = join(folder, file);
    writeFileSync(path, `${language === 'php' ? '<?php\n' : ''}${code}\n${call}\n`);
    const [command = '', ...args] = run;
    const env = { ...process.env, EDGEWISE_SECRET: SECRET, GOCACHE: join(folder, 'go') };
    const { stdout, stderr, status } = spawnSync(command, [...args, path], { env });
    assert.equal(status, 0, String(stderr));
    const [header = '', claims = '', signature] = String(stdout).split('.');
    const tag = createHmac('sha256', SECRET).update(`${header}.${claims}`).digest('base64url');
    assert.equal(signature, tag);
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    assert.equal(read(header).alg, 'HS256');
    const { sub, aud, iat, exp, ...shown } = read(claims);
    assert.deepEqual([sub, aud, exp - iat], ['42', 'shop', 3_600]);
    assert.ok(Math.abs(iat - Date.now() / 1_000) < 600);
    assert.deepEqual(shown, { name: USER.name, email: USER.email });
    assert.ok(!/[+/=]/.test(String(stdout)));
  });
}
