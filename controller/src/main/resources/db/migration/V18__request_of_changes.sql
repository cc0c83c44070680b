-- A token that somebody takes back, and a measurement that lets a host into the pool or keeps it out, are changes of somebody's.
select audited('revocation');
select audited('host_qualification');
