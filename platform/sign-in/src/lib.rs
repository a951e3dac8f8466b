//! Signing in with others: OpenID Connect and OAuth 2, authorization code with PKCE, state and nonce.
//!
//! Never decides whose account it is: it says whom a provider vouches for, and how surely.
