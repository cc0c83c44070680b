-- Long work on a server, in steps: where it is, and what it was begun with. Each step is one transaction together with this row,
-- so that no step is done and not written down, or the other way round.
create table operation (
    server_id  uuid primary key references server (id) on delete cascade,
    kind       text not null,
    -- The step that is waited for, from 0.
    step       integer not null default 0 check (step >= 0),
    -- What it was begun with, as its kind has it.
    data       jsonb not null,
    started_at timestamptz not null default now(),
    -- When its last step was taken.
    stepped_at timestamptz not null default now(),
    -- Until when what it waits for is to have come; without one it waits for a person.
    due_at     timestamptz
);
create index operation_due on operation (due_at) where due_at is not null;

alter table server
    drop constraint server_status_check,
    drop constraint server_task_state_check,
    add constraint server_status_check check (status in ('BUILD', 'ACTIVE', 'SHUTOFF', 'PAUSED', 'RESIZED', 'ERROR')),
    add constraint server_task_state_check check (task_state in ('scheduling', 'spawning', 'powering-off', 'powering-on',
        'rebooting', 'rebooting_hard', 'pausing', 'unpausing', 'rebuilding', 'resize_prep', 'resize_finish', 'resize_reverting',
        'deleting'));

-- The root disk by number: one that grows is a new one on top of the old, which is kept until it is decided which is to stay.
alter table claim
    add column disk        integer not null default 1 check (disk > 0),
    add column disk_kept   integer check (disk_kept > 0),
    add column disk_newest integer not null default 1;
