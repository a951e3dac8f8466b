//! Set the preferences: language, theme, reading goal.
//!
//! Never a part of them: what is put is the whole.

use accession_events::identity::{AccountEvent, Preferences};

use super::LiveAccount;

/// How the person wants the product to be.
#[derive(Debug, Clone, PartialEq)]
pub struct SetPreferences {
    /// All of it.
    pub preferences: Preferences,
}

impl SetPreferences {
    pub(super) fn decide(&self, account: &LiveAccount) -> Vec<AccountEvent> {
        if account.preferences == self.preferences {
            return Vec::new();
        }
        vec![AccountEvent::PreferencesChanged(self.preferences.clone())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::account::AccountCommand;
    use crate::identity::account::examples::{after, names, registered};
    use accession_events::identity::ThemeMode;
    use accession_events::values::LanguageTag;

    #[test]
    fn the_same_preferences_again_are_no_event() {
        let command = AccountCommand::SetPreferences(SetPreferences {
            preferences: Preferences {
                language: LanguageTag::parse("de").unwrap(),
                theme_name: None,
                theme_mode: ThemeMode::Dark,
                annual_reading_goal: Some(24),
            },
        });
        let mut given = registered();
        let decided = after(&given, &command).unwrap();
        assert_eq!(names(&decided), ["PreferencesChanged"]);
        given.extend(decided);
        assert_eq!(after(&given, &command).unwrap(), []);
    }
}
