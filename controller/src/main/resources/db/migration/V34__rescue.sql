-- What a server that is rescued boots from instead of its root disk.
alter table server add column rescue_image_id uuid;
create index server_rescue_image on server (rescue_image_id) where rescue_image_id is not null;

alter table server
    drop constraint server_status_check,
    drop constraint server_task_state_check,
    add constraint server_status_check check (status in ('BUILD', 'ACTIVE', 'SHUTOFF', 'PAUSED', 'RESIZED', 'SHELVED',
        'SHELVED_OFFLOADED', 'RESCUED', 'ERROR')),
    add constraint server_task_state_check check (task_state in ('scheduling', 'spawning', 'powering-off', 'powering-on',
        'rebooting', 'rebooting_hard', 'pausing', 'unpausing', 'rebuilding', 'resize_prep', 'resize_finish', 'resize_reverting',
        'image_snapshot', 'shelving', 'shelving_offloading', 'rescuing', 'unrescuing', 'deleting'));
