-- A join token may be for the host of one name: with it a member that lost its identity gets a new certificate.
alter table join_token add column for_host text;
