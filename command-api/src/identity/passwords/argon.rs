//! Argon2id: from a password to the text that is kept, and back to yes or no.
//!
//! Never allocates by what a stored text asks for: its cost is bounded before it is paid.

use accession_service::keys::random_bytes;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq as _;

use super::Password;

/// Length of a hash, in bytes.
const LENGTH: usize = 32;
/// Length of a salt, in bytes.
const SALT: usize = 16;
/// The most memory that a stored hash may ask for, in KiB.
const MOST_MEMORY: u32 = 256 * 1024;

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for Cost {
    /// OWASP's first choice for Argon2id: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
        }
    }
}

/// Why a password could not be hashed or compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// The stored text is no Argon2id hash, or asks for more than we pay.
    #[error(
        "a stored password hash cannot be read: expected Argon2id with at most {MOST_MEMORY} KiB"
    )]
    Unreadable,
    /// The operating system gave no randomness, or the cost is no cost.
    #[error("a password could not be hashed")]
    Unusable,
}

/// Memory that hashes are computed in, used again and again.
#[derive(Default)]
pub(super) struct Memory(Vec<Block>);

impl Memory {
    /// The text to keep for a password.
    pub(super) fn hash(&mut self, cost: Cost, password: &Password) -> Result<String, HashError> {
        let (params, salt) = (params(cost)?, salt()?);
        let hash = self.compute(&params, password, &salt)?;
        kept(&params, salt, &hash)
    }

    /// Whether a password is the one that a kept text was made from.
    pub(super) fn matches(&mut self, kept: &str, password: &Password) -> Result<bool, HashError> {
        let (kept, params) = read(kept)?;
        let (Some(salt), Some(expected)) = (kept.salt, kept.hash) else {
            return Err(HashError::Unreadable);
        };
        let found = self.compute(&params, password, &salt)?;
        Ok(bool::from(found.as_slice().ct_eq(expected.as_bytes())))
    }

    fn compute(
        &mut self,
        params: &Params,
        password: &Password,
        salt: &Salt,
    ) -> Result<[u8; LENGTH], HashError> {
        let blocks = params.block_count();
        if self.0.len() < blocks {
            self.0.resize(blocks, Block::new());
        }
        let memory = self.0.get_mut(..blocks).ok_or(HashError::Unusable)?;
        let mut hash = [0; LENGTH];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
            .hash_password_into_with_memory(password.as_bytes(), salt, &mut hash, memory)
            .map_err(|_| HashError::Unusable)?;
        Ok(hash)
    }
}

/// A text to compare with that is nobody's: it costs as much as a real one, and no password is known to match it. Making
/// it costs nothing, in time or in memory that the process would keep.
pub(super) fn of_nobody(cost: Cost) -> Result<String, HashError> {
    let hash = random_bytes().map_err(|_| HashError::Unusable)?;
    kept(&params(cost)?, salt()?, &hash)
}

fn salt() -> Result<Salt, HashError> {
    let random: [u8; 32] = random_bytes().map_err(|_| HashError::Unusable)?;
    Salt::new(random.split_at(SALT).0).map_err(|_| HashError::Unusable)
}

fn kept(params: &Params, salt: Salt, hash: &[u8; LENGTH]) -> Result<String, HashError> {
    let kept = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).map_err(|_| HashError::Unusable)?,
        salt: Some(salt),
        hash: Some(Output::new(hash).map_err(|_| HashError::Unusable)?),
    };
    Ok(kept.to_string())
}

/// Whether a kept text was made at another cost than this one.
pub(super) fn outdated(kept: &str, cost: Cost) -> bool {
    match (read(kept), params(cost)) {
        (Ok((_, kept)), Ok(wanted)) => {
            (kept.m_cost(), kept.t_cost(), kept.p_cost())
                != (wanted.m_cost(), wanted.t_cost(), wanted.p_cost())
        }
        _ => false,
    }
}

fn params(cost: Cost) -> Result<Params, HashError> {
    Params::new(cost.memory_kib, cost.passes, 1, Some(LENGTH)).map_err(|_| HashError::Unusable)
}

fn read(kept: &str) -> Result<(PasswordHash, Params), HashError> {
    let unreadable = |_| HashError::Unreadable;
    let hash = PasswordHash::new(kept).map_err(|_| HashError::Unreadable)?;
    let params = Params::try_from(&hash).map_err(unreadable)?;
    let ours = hash.algorithm == Algorithm::Argon2id.ident()
        && hash.version == Some(Version::V0x13.into())
        && params.output_len() == Some(LENGTH)
        && params.m_cost() <= MOST_MEMORY
        && params.t_cost() <= 16
        && params.p_cost() <= 4;
    ours.then_some((hash, params)).ok_or(HashError::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost {
        memory_kib: 64,
        passes: 1,
    };

    fn password(text: &str) -> Password {
        Password::new(text).unwrap()
    }

    #[test]
    fn what_is_nobodys_costs_as_much_and_matches_nothing() {
        let (nobodys, another) = (of_nobody(CHEAP).unwrap(), of_nobody(CHEAP).unwrap());
        assert!(
            nobodys.starts_with("$argon2id$v=19$m=64,t=1,p=1$"),
            "{nobodys}"
        );
        assert_ne!(nobodys, another);
        assert!(!outdated(&nobodys, CHEAP));
        let mut memory = Memory::default();
        assert_eq!(
            memory.matches(&nobodys, &password("correct horse")),
            Ok(false)
        );
    }

    #[test]
    fn a_password_matches_its_own_hash_and_no_other() {
        let mut memory = Memory::default();
        let kept = memory.hash(CHEAP, &password("correct horse")).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{kept}");
        assert_eq!(memory.matches(&kept, &password("correct horse")), Ok(true));
        assert_eq!(memory.matches(&kept, &password("correct house")), Ok(false));
        assert_ne!(
            kept,
            memory.hash(CHEAP, &password("correct horse")).unwrap()
        );
    }

    #[test]
    fn a_hash_of_another_cost_still_matches_and_is_outdated() {
        let mut memory = Memory::default();
        let dearer = Cost {
            memory_kib: 128,
            passes: 2,
        };
        let kept = memory.hash(dearer, &password("correct horse")).unwrap();
        assert_eq!(memory.matches(&kept, &password("correct horse")), Ok(true));
        assert!(outdated(&kept, CHEAP) && !outdated(&kept, dearer));
    }

    #[test]
    fn what_is_no_hash_of_ours_is_refused_before_it_costs_anything() {
        let mut memory = Memory::default();
        for kept in [
            "",
            "password",
            "$2b$12$abcdefghijklmnopqrstuv",
            "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=64,t=1000000,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(
                memory.matches(kept, &password("correct horse")),
                Err(HashError::Unreadable),
                "{kept}"
            );
        }
        assert_eq!(memory.0.len(), 0);
    }
}
