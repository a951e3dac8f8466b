//! Messages: from a template and its values to text and HTML, and over SMTP or into the log.
//!
//! Never decides who is written to, or when: a queue of the command API does.
