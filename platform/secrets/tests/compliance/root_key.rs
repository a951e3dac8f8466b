//! A wrong root key is recognised before anything is done with it.

use accession_secrets::{RootKey, SecretsError, check_root_key};

use crate::room::{Room, over_both};

over_both!(another_root_key_is_refused_with_what_to_do);

async fn another_root_key_is_refused_with_what_to_do(room: Room) {
    let (first, other) = (RootKey::from_bytes([1; 32]), RootKey::from_bytes([2; 32]));
    check_root_key(&room.database, &first).await.unwrap();
    check_root_key(&room.database, &first).await.unwrap();
    let refused = check_root_key(&room.database, &other).await.unwrap_err();
    assert!(matches!(refused, SecretsError::WrongRootKey));
    assert!(refused.to_string().contains("former key"), "{refused}");
    check_root_key(&room.database, &first).await.unwrap();
}
