// A real OpenID Connect provider (npm oidc-provider) for the tests of signing in with others.
// node provider.mjs PORT DIRECTORY: reads DIRECTORY/settings.json at its start and DIRECTORY/accounts.json whenever it is
// asked about a person. Every start makes new signing keys, so a restart is a rotation. Never runs in production.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// The packages lie where `make test` put them, not beside this file.
const require = createRequire(join(process.env.ACCESSION_OIDC_PROVIDER, 'package.json'));
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')).href);
const { exportJWK, generateKeyPair } = await import(
  pathToFileURL(createRequire(require.resolve('oidc-provider')).resolve('jose')).href
);

const [port, directory] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(join(directory, name), 'utf8'));
const settings = read('settings.json');

const newKey = async (alg) => {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig' };
};

const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys: await Promise.all(['RS256', 'ES256'].map(newKey)) },
  clients: [
    {
      client_id: settings.client_id,
      client_secret: settings.client_secret,
      redirect_uris: settings.redirect_uris,
      response_types: ['code'],
      grant_types: ['authorization_code'],
      id_token_signed_response_alg: settings.algorithm,
    },
  ],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  conformIdTokenClaims: !settings.claims_in_id_token,
  cookies: { keys: ['a cookie key of a test'] },
  pkce: { required: () => true },
  ttl: {
    AuthorizationCode: settings.code_seconds,
    AccessToken: 300,
    IdToken: 300,
    Grant: 300,
    Interaction: 300,
    Session: 300,
  },
  findAccount: (_, id) => {
    const known = read('accounts.json')[id];
    return known && { accountId: id, claims: () => ({ sub: id, ...known }) };
  },
});

provider.listen(Number(port), '127.0.0.1');
