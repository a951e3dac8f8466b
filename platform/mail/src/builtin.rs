//! The template files that are built in: English and German.
//!
//! A test compares the list with the kinds of messages; a missing file does not build.

/// One file.
pub(crate) struct BuiltIn {
    pub(crate) language: &'static str,
    pub(crate) file: &'static str,
    pub(crate) text: &'static str,
}

/// Lists the files of a language: data only.
macro_rules! files {
    ($language:literal: $($file:literal)*) => {
        [$(BuiltIn {
            language: $language,
            file: $file,
            text: include_str!(concat!("../templates/", $language, "/", $file)),
        }),*]
    };
}

/// Lists the files of all messages in every language: data only.
macro_rules! languages {
    ($($language:literal)*) => {
        [$(files!($language:
            "account_deleted.html" "account_deleted.txt"
            "already_registered.html" "already_registered.txt"
            "email_change_confirm.html" "email_change_confirm.txt"
            "email_change_notice.html" "email_change_notice.txt"
            "hold_ready.html" "hold_ready.txt"
            "identity_linked.html" "identity_linked.txt"
            "identity_unlinked.html" "identity_unlinked.txt"
            "invitation_member.html" "invitation_member.txt"
            "invitation_newcomer.html" "invitation_newcomer.txt"
            "layout.html" "layout.txt"
            "library_deleted.html" "library_deleted.txt"
            "loan_due_soon.html" "loan_due_soon.txt"
            "loan_due_today.html" "loan_due_today.txt"
            "loan_overdue.html" "loan_overdue.txt"
            "member_removed.html" "member_removed.txt"
            "new_sign_in.html" "new_sign_in.txt"
            "password_changed.html" "password_changed.txt"
            "replay_detected.html" "replay_detected.txt"
            "reset_password.html" "reset_password.txt"
            "role_changed.html" "role_changed.txt"
            "verify_email.html" "verify_email.txt"
            "words.json"
        )),*]
    };
}

static FILES: [[BuiltIn; 43]; 2] = languages!("en" "de");

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static BuiltIn> {
    FILES.iter().flatten()
}
