//! The rule by which a provider's word leads to an account, apart from everything that has to be looked up for it.
//!
//! Never takes an account over, and never lets one be taken over: an address that was not proven to us links nothing.

use accession_events::ids::AccountId;

/// An account as far as the rule looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) account: AccountId,
    /// Its owner has proven the address to us.
    pub(super) proven: bool,
    /// An administrator shut it out.
    pub(super) disabled: bool,
    /// It is a child's, which only the family lets in.
    pub(super) child: bool,
}

/// What was found about a person whom a provider vouches for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// Whose the provider's identity is.
    pub(super) by_identity: Option<Candidate>,
    /// Whose the address is that the provider has verified.
    pub(super) by_address: Option<Candidate>,
    /// Whether the provider has verified an address at all.
    pub(super) address_vouched: bool,
}

/// What becomes of the attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// The account is signed in to.
    SignIn(AccountId),
    /// The account is linked, then signed in to.
    LinkAndSignIn(AccountId),
    /// There is no account: the person is asked whether to make one.
    AskConsent,
    /// Nothing, for this reason.
    Refuse(Refused),
}

/// Why nobody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// The provider has verified no address, and the identity is nobody's yet.
    AddressNotVouched,
    /// There is an account with this address whose owner never proved it.
    AddressNotProven,
    /// The account is shut out.
    Disabled,
}

impl Found {
    pub(super) fn decide(self) -> Decision {
        match (self.by_identity, self.by_address) {
            (Some(own), _) if own.disabled => Decision::Refuse(Refused::Disabled),
            (Some(own), _) => Decision::SignIn(own.account),
            (None, _) if !self.address_vouched => Decision::Refuse(Refused::AddressNotVouched),
            (None, None) => Decision::AskConsent,
            (None, Some(other)) if !other.proven || other.child => {
                Decision::Refuse(Refused::AddressNotProven)
            }
            (None, Some(other)) if other.disabled => Decision::Refuse(Refused::Disabled),
            (None, Some(other)) => Decision::LinkAndSignIn(other.account),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn account(number: u128) -> Candidate {
        Candidate {
            account: AccountId::new(Uuid::from_u128(number)),
            proven: true,
            disabled: false,
            child: false,
        }
    }

    fn found(by_identity: Option<Candidate>, by_address: Option<Candidate>) -> Found {
        Found {
            by_identity,
            by_address,
            address_vouched: true,
        }
    }

    #[test]
    fn a_known_identity_signs_in_to_its_own_account_whatever_the_address_says_today() {
        let (own, other) = (account(1), account(2));
        for found in [
            found(Some(own), None),
            found(Some(own), Some(other)),
            Found {
                address_vouched: false,
                ..found(Some(own), None)
            },
        ] {
            assert_eq!(found.decide(), Decision::SignIn(own.account));
        }
    }

    #[test]
    fn an_address_proven_on_both_sides_links() {
        let other = account(2);
        assert_eq!(
            found(None, Some(other)).decide(),
            Decision::LinkAndSignIn(other.account)
        );
    }

    #[test]
    fn an_account_that_waits_under_somebody_elses_address_is_neither_entered_nor_taken() {
        let squatted = Candidate {
            proven: false,
            ..account(2)
        };
        assert_eq!(
            found(None, Some(squatted)).decide(),
            Decision::Refuse(Refused::AddressNotProven)
        );
    }

    #[test]
    fn an_address_that_the_provider_has_not_verified_links_and_makes_nothing() {
        let unvouched = Found {
            address_vouched: false,
            ..found(None, None)
        };
        assert_eq!(
            unvouched.decide(),
            Decision::Refuse(Refused::AddressNotVouched)
        );
    }

    #[test]
    fn nobody_is_let_in_who_was_shut_out_and_a_child_only_by_the_family() {
        let shut = Candidate {
            disabled: true,
            ..account(1)
        };
        for found in [found(Some(shut), None), found(None, Some(shut))] {
            assert_eq!(found.decide(), Decision::Refuse(Refused::Disabled));
        }
        let child = Candidate {
            child: true,
            ..account(1)
        };
        assert_eq!(
            found(None, Some(child)).decide(),
            Decision::Refuse(Refused::AddressNotProven)
        );
    }

    #[test]
    fn a_stranger_is_asked() {
        assert_eq!(found(None, None).decide(), Decision::AskConsent);
    }
}
