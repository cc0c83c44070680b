-- A list of servers goes on where its last batch ended, and must not sort all of them for each.
create index server_project_order on server (project_id, created_at, number);
create index server_order on server (created_at, number);
drop index server_project;
