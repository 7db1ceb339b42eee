// An identity service of the office: `oidc-provider`, which lets in whom it is told to, and which a test can have lie.
import { createHash, createSign, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEY = { ...keys.privateKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' };

const text = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const read = (part) => JSON.parse(Buffer.from(part, 'base64url'));

/** The same token with another head or other claims, signed with the service's key unless its head says `none`. */
export function retold(token, head, claims) {
  const [ownHead, ownClaims] = token.split('.', 2).map(read);
  const said = `${text({ ...ownHead, ...head })}.${text({ ...ownClaims, ...claims })}`;
  const { alg } = { ...ownHead, ...head };
  return `${said}.${alg === 'none' ? '' : createSign('sha256').update(said).sign(keys.privateKey, 'base64url')}`;
}

/** What `code_challenge` is of a verifier (RFC 7636). */
export const challengeOf = (verifier) => createHash('sha256').update(verifier).digest('base64url');

export class Service {
  /** @param {{ port: number, back: string, secret: string }} of where it listens, and the portal that it knows */
  constructor({ port, back, secret }) {
    this.port = port;
    /** Whom it lets in, and how it says that they proved it. */
    this.says = { accountId: 'subject-1', acr: 'urn:example:two', amr: ['hwk'] };
    /** Makes another ID token of the right one. */
    this.lies = null;
    this.provider = new Provider(`http://127.0.0.1:${port}`, {
      clients: [{
        client_id: 'jianma',
        client_secret: secret,
        redirect_uris: [back],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      }],
      jwks: { keys: [KEY] },
      cookies: { keys: ['of a test'] },
      pkce: { required: () => true },
      acrValues: ['urn:example:two', 'urn:example:one'],
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
      findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
      loadExistingGrant: async ({ oidc }) => {
        const { Grant } = this.provider;
        const grant = new Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
        grant.addOIDCScope('openid');
        await grant.save();
        return grant;
      },
    });
    const answer = this.provider.callback();
    this.server = createServer((request, response) => {
      if (request.url.startsWith('/interaction/')) {
        const result = { login: this.says };
        this.provider.interactionFinished(request, response, result).catch((fault) => response.destroy(fault));
        return;
      }
      if (request.url === '/token' && this.lies) this.#lie(response);
      answer(request, response);
    });
  }

  #lie(response) {
    const end = response.end.bind(response);
    response.end = (body) => {
      const said = JSON.parse(body);
      if (said.id_token) said.id_token = this.lies(said.id_token);
      const other = JSON.stringify(said);
      response.setHeader('content-length', Buffer.byteLength(other));
      return end(other);
    };
  }

  start() {
    return new Promise((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}
