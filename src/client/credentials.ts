/** How a client says who it is. A TLS client certificate goes with the connection, see `TlsOptions`. */
export type Credentials =
  | { readonly method: 'none' }
  | { readonly method: 'basic'; readonly username: string; readonly password: string }
  /** A token of OpenID Connect or the like, `Authorization: Bearer …`. */
  | { readonly method: 'bearer'; readonly token: string }
  /** A token of Keystone that is there already, `X-Auth-Token`. */
  | { readonly method: 'token'; readonly token: string }
  | KeystoneCredentials;

/** Who gets a token from the Keystone that a server names in its challenge. */
export interface KeystoneCredentials {
  readonly method: 'keystone';
  readonly identity: KeystoneIdentity;
  /** The project (Keystone v2: tenant) to work in, by name or id. Without one, the only one there is. */
  readonly project?: KeystoneName;
  /** Where Keystone is; without it, where the challenge of the server says. */
  readonly uri?: string;
}

/** Who somebody is to Keystone. Application credentials have a project of their own, and exist in v3 only. */
export type KeystoneIdentity =
  | { readonly user: KeystoneName; readonly password: string }
  | { readonly applicationCredential: { readonly id: string; readonly secret: string } }
  | { readonly token: string };

/** A user or project: by id, or by its name in a domain, which is that with the id `default` when it is not named. */
export type KeystoneName =
  | { readonly id: string }
  | { readonly name: string; readonly domain?: { readonly id: string } | { readonly name: string } };
