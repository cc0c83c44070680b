-- A server that lives: what it is and what is under way (status, task_state), what its host is to make of it (present, power and
-- what follows), and what its host says of it (power_state) are three things.
alter table server
    drop constraint server_status_check,
    -- Whether its host should have it. It holds its claim until nothing of it is left there.
    add column present          boolean not null default true,
    add column power            text not null default 'RUNNING' check (power in ('RUNNING', 'STOPPED', 'PAUSED')),
    -- Grows with every wish: a report of an older one says nothing.
    add column power_generation bigint not null default 0,
    add column boots            integer not null default 0,
    add column rebuilds         integer not null default 0,
    add column power_ending     text not null default 'GRACEFUL' check (power_ending in ('GRACEFUL', 'AT_ONCE')),
    add column power_state      text not null default 'NONE'
        check (power_state in ('NONE', 'RUNNING', 'PAUSED', 'STOPPED', 'CRASHED')),
    -- Who keeps others from changing it: somebody of its project, or an operator.
    add column locked_by        text check (locked_by in ('owner', 'admin')),
    add column locked_reason    text check (locked_by is not null or locked_reason is null);

update server set present = false where status in ('ERROR', 'DELETING');
update server set power_state = 'RUNNING' where launched_at is not null and host_id is not null and status <> 'ERROR';
update server set task_state = null where status in ('ACTIVE', 'ERROR');
update server set task_state = 'deleting',
        status = case when fault_at is not null then 'ERROR' when launched_at is null then 'BUILD' else 'ACTIVE' end
    where status = 'DELETING';

alter table server
    add constraint server_status_check check (status in ('BUILD', 'ACTIVE', 'SHUTOFF', 'PAUSED', 'ERROR')),
    add constraint server_task_state_check check (task_state in ('scheduling', 'spawning', 'powering-off', 'powering-on',
        'rebooting', 'rebooting_hard', 'pausing', 'unpausing', 'rebuilding', 'deleting'));

-- What was asked of a server, and what became of it. Goes with its server.
create table server_action (
    id          bigserial primary key,
    server_id   uuid not null references server (id) on delete cascade,
    action      text not null,
    request_id  text not null,
    user_id     text not null,
    project_id  text not null,
    started_at  timestamptz not null default now(),
    finished_at timestamptz,
    -- Why it did not come to its end.
    failure     text
);
create index server_action_server on server_action (server_id, id);

insert into server_action (server_id, action, request_id, user_id, project_id, started_at, finished_at, failure)
select id, 'create', create_request_id, user_id, project_id, created_at,
    case when status = 'BUILD' and task_state <> 'deleting' then null else coalesce(fault_at, launched_at, updated_at) end,
    fault_message
from server order by number;
insert into server_action (server_id, action, request_id, user_id, project_id, started_at)
select id, 'delete', delete_request_id, delete_user_id, project_id, delete_started_at
from server where delete_request_id is not null order by number;

alter table server
    drop column create_request_id,
    drop column delete_request_id,
    drop column delete_user_id,
    drop column delete_started_at;
