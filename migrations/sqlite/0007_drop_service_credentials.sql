-- Nothing ever wrote this table: credentials of an embedded server have a file of their own beside the log, so that an
-- operator can issue one while the server holds the log.
DROP TABLE service_credentials;
