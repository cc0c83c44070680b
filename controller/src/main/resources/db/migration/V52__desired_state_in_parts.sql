-- Which of a host's servers are wanted otherwise than before, and since which revision: an agent that has the host's state of one revision
-- is told what changed after it, and not all of it again.

alter table host
    -- Revisions of one history follow one another, and server_revision tells what changed between two of them.
    add column desired_history uuid not null default gen_random_uuid(),
    -- The newest revision that server_revision knows of. Where it is not desired_revision, a controller of the time before this table raised
    -- that, and nobody knows what changed.
    add column noted_revision bigint not null default -1;

-- A server may be none of the host's any more, and none at all: that is told as well. Old revisions are forgotten.
create table server_revision (
    host_id   uuid   not null references host on delete cascade,
    server_id uuid   not null,
    revision  bigint not null,
    primary key (host_id, server_id)
);
create index server_revision_of_host on server_revision (host_id, revision);
