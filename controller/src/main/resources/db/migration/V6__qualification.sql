-- What hosts reached when they were measured, what that is compared with, and what follows from it for new servers.
create table qualification_setting (
    only_row           boolean primary key default true check (only_row),
    policy             text not null default 'off' check (policy in ('off', 'advisory', 'required')),
    required_share     double precision not null default 0.9 check (required_share > 0 and required_share <= 1),
    allowed_p99_factor double precision not null default 1.5 check (allowed_p99_factor >= 1)
);
insert into qualification_setting default values;

-- What the operator expects of a class; a class without rows is compared with what other hosts reached.
create table class_baseline (
    class             text not null,
    frame_bytes       integer not null,
    frames_per_second bigint not null check (frames_per_second > 0),
    p99_latency_ns    bigint not null check (p99_latency_ns > 0),
    primary key (class, frame_bytes)
);

create table host_qualification (
    id                   bigserial primary key,
    host_id              uuid not null references host (id) on delete cascade,
    physical_function_id uuid not null references physical_function (id) on delete cascade,
    -- As the card was called when it was measured.
    name                 text not null,
    measured_at          timestamptz not null,
    class                text not null,
    verdict              text not null check (verdict in ('passed', 'unrated', 'failed')),
    -- Sentences, as a list.
    reasons              jsonb not null,
    -- What it was compared with; null when there was nothing.
    baseline             jsonb,
    unique (physical_function_id, measured_at)
);
create index host_qualification_host on host_qualification (host_id, measured_at desc);
create index host_qualification_class on host_qualification (class, host_id, measured_at desc);

create table host_qualification_figure (
    qualification_id  bigint not null references host_qualification (id) on delete cascade,
    frame_bytes       integer not null,
    frames_per_second bigint not null,
    p50_latency_ns    bigint not null,
    p99_latency_ns    bigint not null,
    loss_ratio        double precision not null,
    tester_limited    boolean not null,
    primary key (qualification_id, frame_bytes)
);

-- What counts for a host: the newest measurement of each card that it still has.
create view newest_qualification as
    select distinct on (q.physical_function_id) q.*
    from host_qualification q join physical_function pf on pf.id = q.physical_function_id
    where pf.present
    order by q.physical_function_id, q.measured_at desc, q.id desc;
