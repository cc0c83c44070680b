-- Servers whose memory is in a file of their host.
alter table server
    drop constraint server_status_check,
    drop constraint server_task_state_check,
    drop constraint server_power_state_check,
    add constraint server_status_check check (status in ('BUILD', 'ACTIVE', 'SHUTOFF', 'PAUSED', 'SUSPENDED', 'RESIZED', 'SHELVED',
        'SHELVED_OFFLOADED', 'RESCUED', 'ERROR')),
    add constraint server_task_state_check check (task_state in ('scheduling', 'spawning', 'powering-off', 'powering-on',
        'rebooting', 'rebooting_hard', 'pausing', 'unpausing', 'suspending', 'resuming', 'rebuilding', 'resize_prep',
        'resize_finish', 'resize_reverting', 'image_snapshot', 'image_backup', 'shelving', 'shelving_offloading', 'rescuing',
        'unrescuing', 'deleting')),
    add constraint server_power_state_check check (power_state in ('NONE', 'RUNNING', 'PAUSED', 'STOPPED', 'SUSPENDED', 'CRASHED'));
alter table claim
    drop constraint claim_power_check,
    add constraint claim_power_check check (power in ('RUNNING', 'STOPPED', 'PAUSED', 'SUSPENDED'));

-- Of images that are made like the one that is awaited, so many are to be there when it is.
alter table server add column copy_rotation integer check (copy_rotation > 0);
create index image_backup on image ((properties ->> 'instance_uuid')) where properties ->> 'image_type' = 'backup';
