package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.sluice.model.PortId;
import org.sluice.model.SubnetId;

/**
 * Gives ports the next free address of a subnet's pools.
 *
 * <p>Two transactions must neither get the same address nor wait for each other. The unique key (subnet, address) alone
 * gives the first and not the second: an insert of a key that another transaction has inserted waits until that one ends.
 * So a transaction looks at several candidates and takes the first on which it gets an advisory lock without waiting; the
 * lock lasts until the transaction ends and plays the part of "skip locked" for rows that do not exist yet. The unique key
 * stays the judge: whoever took a snapshot before another's commit inserts nothing and looks again.
 *
 * <p>Candidates are, in this order: what follows the highest address given so far (constant time, and an address that was
 * freed rests as long as there are fresh ones), then gaps after a random place (a well-filled pool), then all gaps.
 * Thread-safe.
 */
final class AddressAllocation {
    private static final int ROUNDS = 100;

    /** Follows the highest address in use; nothing above it can be in use, so there is nothing to look up. */
    private static final String FRESH = """
            with pool as materialized (
                select p.first, p.last, coalesce(
                    (select max(a.address) + 1 from ip_allocation a
                      where a.subnet_id = :subnet and a.address between p.first and p.last), p.first) as base
                from allocation_pool p where p.subnet_id = :subnet order by p.first),
            candidate as materialized (
                select base + n as address from pool, generate_series(0, 63) n where base + n <= last)
            """;

    /** From a place in each pool onwards: that place if it is free, and every free address that follows one in use. */
    private static final String GAPS = """
            with pool as materialized (
                select case when family(p.first) = 4
                            then p.first + cast(floor(:place * (p.last - p.first)) as bigint)
                            else p.first end as base, p.last
                from allocation_pool p where p.subnet_id = :subnet order by p.first),
            candidate as materialized (
                select g.address from pool, lateral (
                    (select base as address where not exists (
                        select 1 from ip_allocation a where a.subnet_id = :subnet and a.address = base))
                    union all
                    (select a.address + 1 from ip_allocation a
                     where a.subnet_id = :subnet and a.address >= base and a.address < last
                       and not exists (select 1 from ip_allocation b
                                       where b.subnet_id = :subnet and b.address = a.address + 1)
                     order by a.address limit 64)) g)
            """;

    private static final String TAKE = """
            , chosen as materialized (
                select address from candidate
                where pg_try_advisory_xact_lock(hashtextextended(cast(:subnet as text) || host(address), 0)) limit 1)
            insert into ip_allocation (subnet_id, address, port_id) select :subnet, address, :port from chosen
            on conflict do nothing returning host(address)
            """;

    private final RandomGenerator random;

    AddressAllocation(RandomGenerator random) {
        this.random = requireNonNull(random, "random is null");
    }

    /** Gives the port the next free address; empty when every address of the pools is in use. */
    Optional<String> next(Handle handle, SubnetId subnet, PortId port) {
        return take(handle, FRESH, subnet, port, 0)
                .or(() -> take(handle, GAPS, subnet, port, random.nextDouble()))
                .or(() -> lastOnes(handle, subnet, port));
    }

    /** Gives the port that very address; false when another port has it. */
    boolean take(Handle handle, SubnetId subnet, PortId port, String address) {
        return handle.createUpdate("""
                        insert into ip_allocation (subnet_id, address, port_id)
                        values (:subnet, cast(:address as inet), :port) on conflict do nothing""")
                        .bind("subnet", subnet.value())
                        .bind("address", address)
                        .bind("port", port.value())
                        .execute()
                == 1;
    }

    /** Looks at every gap; when others hold all that are left, waits for one of them to commit or fail. */
    private static Optional<String> lastOnes(Handle handle, SubnetId subnet, PortId port) {
        for (int round = 0; round < ROUNDS; round++) {
            Optional<String> gap = take(handle, GAPS, subnet, port, 0);
            if (gap.isPresent()) {
                return gap;
            }
            Optional<String> contested = handle.createQuery(GAPS + "select host(address) from candidate limit 1")
                    .bind("subnet", subnet.value())
                    .bind("place", 0d)
                    .mapTo(String.class)
                    .findOne();
            if (contested.isEmpty()) {
                return Optional.empty();
            }
            awaitHolder(handle, subnet, contested.get());
        }
        return Optional.empty();
    }

    private static Optional<String> take(Handle handle, String candidates, SubnetId subnet, PortId port, double place) {
        return handle.createQuery(candidates + TAKE)
                .bind("subnet", subnet.value())
                .bind("port", port.value())
                .bind("place", place)
                .mapTo(String.class)
                .findOne();
    }

    private static void awaitHolder(Handle handle, SubnetId subnet, String address) {
        handle.createQuery("""
                        select true from (select pg_advisory_xact_lock(
                            hashtextextended(cast(:subnet as text) || :address, 0))) held""")
                .bind("subnet", subnet.value())
                .bind("address", address)
                .mapTo(Boolean.class)
                .one();
    }
}
