// 访客身份的文字；`zh` 的一部分。

import type { MessagesOf } from './en.ts';
import type { enIdentity } from './en-identity.ts';

export const zhIdentity: MessagesOf<typeof enIdentity> = {
  verified: '已验证',
  verifiedHint: '您网站的服务器已确认此人身份。',
  notVerified: '未验证',
  visitorId: '您系统中的编号',

  identity: '身份',
  identityLead: '您的服务器可以说明访客是谁。您会看到姓名，访客在任何设备上都能找到自己的对话。',
  signingHeading: '服务器的签名方式',
  signing: '服务器密钥',
  signing_off: '尚未生成密钥，访客没有姓名。',
  signing_hs256: '您的服务器用此密钥以 HS256 签发令牌。',
  signing_es256: '您的服务器用自己的私钥以 ES256 签发令牌，公钥如下。',
  signing_eddsa: '您的服务器用自己的私钥以 EdDSA 签发令牌，公钥如下。',
  signingHow: '方法见 docs/embed.md，含 Node、Python、PHP、Go 和 Rust 示例。',
  newSecret: '生成密钥',
  anotherSecret: '生成新密钥',
  secretOnce: '请立即复制到您的服务器，之后不再显示。切勿写入网页。',
  oldSecretCounts: '之前的密钥仍然有效，以便您的服务器有时间更换。',
  endOldSecret: '停用旧密钥',
  oldSecretEnded: '旧密钥已失效。',
  ownKey: '改用您自己的密钥对',
  publicKey: '公钥',
  publicKeyHint: 'P-256 或 Ed25519 公钥（PEM 格式）。启用后，此前的密钥不再有效。',
  useKey: '使用此公钥',
  requireNames: '拒绝未验证的访客',
  requireHint:
    '开启后，未经您的服务器确认身份的人无法发送消息。当前已打开的对话最多还可使用一小时。',
  identityOff: '不再验证身份',
  identityOffHint: '此前生成的所有密钥都将失效。',
  identityOffSure: '访客将没有姓名，此前生成的密钥将永久失效。',
};
