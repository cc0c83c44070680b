-- The step that is waited for by its name: one that comes before it in a later version must not make another of it. A step that a
-- version does not know is taken back.
alter table operation
    drop constraint operation_step_check,
    alter column step drop default,
    alter column step type text using case kind
        when 'resize' then (array ['room for either', 'guest ends', 'other hardware', 'guest starts', 'decision'])[step + 1]
        when 'move' then (array ['place', 'guest ends', 'disk follows', 'arrival', 'guest starts', 'decision'])[step + 1]
        else cast(step as text) end;
