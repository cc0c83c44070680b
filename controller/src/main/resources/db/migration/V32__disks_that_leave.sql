-- A server's root disk leaves its host: a copy of it becomes an image.
alter table server
    -- The image that a copy of its root disk is to become, as long as that is under way. The image is 'saving' until then.
    add column copy_image_id uuid,
    add column copy_asked_at timestamptz,
    add constraint server_copy_whole check ((copy_image_id is null) = (copy_asked_at is null));
create unique index server_copy on server (copy_image_id) where copy_image_id is not null;

alter table server drop constraint server_task_state_check;
alter table server add constraint server_task_state_check check (task_state in ('scheduling', 'spawning', 'powering-off',
    'powering-on', 'rebooting', 'rebooting_hard', 'pausing', 'unpausing', 'rebuilding', 'resize_prep', 'resize_finish',
    'resize_reverting', 'image_snapshot', 'deleting'));

alter table image drop constraint image_status_check;
alter table image add constraint image_status_check check (status in ('queued', 'saving', 'active', 'deactivated'));
