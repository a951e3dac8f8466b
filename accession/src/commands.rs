//! The commands a person types, one file each.

pub(crate) mod admin;
pub(crate) mod backup;
pub(crate) mod credential;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod healthcheck;
pub(crate) mod import;
pub(crate) mod log;
pub(crate) mod mail;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod output;
pub(crate) mod parked;
mod put_aside;
pub(crate) mod reach;
pub(crate) mod reactions;
pub(crate) mod read_models;
pub(crate) mod restore;
pub(crate) mod retention;
pub(crate) mod serve;
pub(crate) mod token;
