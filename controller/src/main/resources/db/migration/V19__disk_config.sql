-- What clients say about the partitions of a server's disk, which is shown to them again.
alter table server
    add column disk_config text not null default 'MANUAL' check (disk_config in ('AUTO', 'MANUAL'));
