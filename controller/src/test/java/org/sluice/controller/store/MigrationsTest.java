package org.sluice.controller.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** That migrations stay as databases have run them, and what they make of databases from before. */
final class MigrationsTest {
    /**
     * What Flyway keeps in each database of the migrations that it ran. One that has another checksum than the database's stops
     * the start, so whatever is to change needs a migration of its own; a new migration gets its line here.
     */
    private static final Map<String, Integer> CHECKSUMS = Map.ofEntries(
            Map.entry("1", -1_914_802_571),
            Map.entry("2", 230_613_325),
            Map.entry("3", 1_883_383_068),
            Map.entry("4", 187_140_303),
            Map.entry("5", 1_222_188_995),
            Map.entry("6", 784_442_650),
            Map.entry("7", -1_560_534_967),
            Map.entry("8", 1_700_322_513),
            Map.entry("9", 1_759_757_470),
            Map.entry("10", 663_222_278),
            Map.entry("11", -1_390_411_076),
            Map.entry("12", -895_522_545),
            Map.entry("13", -1_122_935_532),
            Map.entry("14", 999_332_602),
            Map.entry("16", -1_304_668_935),
            Map.entry("17", -166_424_435),
            Map.entry("18", 32_268_068),
            Map.entry("19", -1_118_480_513),
            Map.entry("20", 584_101_075),
            Map.entry("21", -246_343_945),
            Map.entry("22", 1_097_887_229),
            Map.entry("23", 2_065_138_729),
            Map.entry("24", -1_347_195_406),
            Map.entry("25", 316_429_201),
            Map.entry("26", -766_176_774),
            Map.entry("28", -1_712_822_434),
            Map.entry("29", -131_222_415),
            Map.entry("31", 786_457_668),
            Map.entry("32", 1_839_058_917),
            Map.entry("33", -834_915_099),
            Map.entry("34", 214_045_914),
            Map.entry("35", -885_871_664),
            Map.entry("40", -236_942_427),
            Map.entry("41", -1_290_331_089),
            Map.entry("45", -928_926_277),
            Map.entry("46", -1_037_754_172),
            Map.entry("47", -818_487_961),
            Map.entry("49", 321_011_656),
            Map.entry("51", -422_589_545),
            Map.entry("52", -1_913_703_912),
            Map.entry("53", -1_298_019_957),
            Map.entry("54", 1_806_889_847));

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static FluentConfiguration flyway(String schema) {
        return Flyway.configure().dataSource(postgres.url(), null, null).defaultSchema(schema);
    }

    @Test
    void noMigrationChangesOnceADatabaseMayHaveRunIt() {
        Map<String, Integer> found = new TreeMap<>();
        for (MigrationInfo migration :
                Arrays.asList(flyway("public").load().info().all())) {
            found.put(migration.getVersion().getVersion(), migration.getChecksum());
        }
        assertThat(found).containsExactlyInAnyOrderEntriesOf(CHECKSUMS);
    }

    @Test
    void theProgramKnowsItsNewestMigration() {
        assertThat(flyway("public").load().info().pending()).isEmpty();
        assertThat(flyway("public").load().info().current().getVersion().getVersion())
                .isEqualTo(Database.NEWEST_MIGRATION);
        assertThat(CHECKSUMS).hasSize(Database.MIGRATIONS);
    }

    @Test
    void aSchemaIsBroughtUpToDateAndFoundToBe() {
        String url = postgres.url() + "&currentSchema=empty";
        Jdbi.create(postgres.url()).useHandle(handle -> handle.execute("create schema empty"));
        try (Database before = Database.connect(url, 1)) {
            assertThat(before.isMigrated()).isFalse();
            flyway("empty").target("20").load().migrate();
            assertThat(before.isMigrated()).isFalse();
            try (Database opened = Database.open(url, 1)) {
                assertThat(opened.isMigrated()).isTrue();
            }
            assertThat(before.isMigrated()).isTrue();
        }
    }

    @Test
    void nobodyKnowsWhatChangedOnAHostFromBeforeUntilSomethingDoes() {
        Jdbi jdbi = Jdbi.create(postgres.url() + "&currentSchema=parts");
        flyway("parts").target("49").load().migrate();
        jdbi.useHandle(handle -> handle.execute("""
                insert into host (id, name, desired_revision) values (gen_random_uuid(), 'new', 0), (gen_random_uuid(), 'old', 7)"""));

        flyway("parts").load().migrate();

        List<String> unknown = jdbi.withHandle(
                handle -> handle.createQuery("""
                        select name from host where noted_revision < desired_revision order by name""").mapTo(String.class).list());
        assertThat(unknown).containsExactly("new", "old");
        long histories =
                jdbi.withHandle(handle -> handle.createQuery("select count(distinct desired_history) from host")
                        .mapTo(Long.class)
                        .one());
        assertThat(histories).isEqualTo(2);
    }

    @Test
    void aHostFromBeforeIsKnownByTheKeyThatSpentItsNewestToken() {
        Jdbi jdbi = Jdbi.create(postgres.url() + "&currentSchema=before");
        flyway("before").target("13").load().migrate();
        UUID rejoined = UUID.randomUUID();
        UUID forgotten = UUID.randomUUID();
        jdbi.useHandle(handle -> {
            handle.execute(
                    "insert into host (id, name) values (?, 'rejoined'), (?, 'of a void token')", rejoined, forgotten);
            handle.execute(
                    "insert into join_token (secret_hash, expires_at, used_at, host_id, key_hash) values"
                            + " ('a', now(), now() - interval '2 hours', ?, 'old'), ('b', now(), now(), ?, 'new'),"
                            + " ('c', now(), now() - interval '1 hour', ?, 'older'), ('d', now(), null, null, null)",
                    rejoined,
                    rejoined,
                    rejoined);
        });

        flyway("before").load().migrate();

        List<String> known = jdbi.withHandle(handle -> handle.createQuery(
                        "select name || ' ' || coalesce(key_digest, 'nothing') from host order by name")
                .mapTo(String.class)
                .list());
        assertThat(known).containsExactly("of a void token nothing", "rejoined new");
    }

    @Test
    void ofTheServicePortsOfANetworkTheOldestBecomesThatOfAllHosts() {
        Jdbi jdbi = Jdbi.create(postgres.url() + "&currentSchema=served");
        flyway("served").target("25").load().migrate();
        UUID network = UUID.randomUUID();
        UUID subnet = UUID.randomUUID();
        jdbi.useHandle(handle -> {
            handle.execute("insert into physical_network (name) values ('net')");
            handle.execute(
                    "insert into network (id, project_id, name, mtu, network_type, physical_network)"
                            + " values (?, 'p', 'n', 1500, 'flat', 'net')",
                    network);
            handle.execute(
                    "insert into subnet (id, network_id, project_id, name, ip_version, cidr)"
                            + " values (?, ?, 'p', '', 4, '10.0.0.0/24')",
                    subnet,
                    network);
            for (int number = 1; number <= 3; number++) {
                UUID host = UUID.randomUUID();
                UUID port = UUID.randomUUID();
                handle.execute("insert into host (id, name) values (?, ?)", host, "node" + number);
                handle.execute(
                        "insert into port (id, network_id, project_id, name, mac_address, fabric, vnic_type,"
                                + " device_owner, device_id, service_host_id, created_at)"
                                + " values (?, ?, 'p', ?, ?, 'net', 'normal', 'network:dhcp', 'x', ?,"
                                + " now() - make_interval(hours => ?))",
                        port,
                        network,
                        "of node" + number,
                        "fa:16:3e:00:00:0" + number,
                        host,
                        number);
                handle.execute(
                        "insert into ip_allocation (subnet_id, address, port_id) values (?, cast(? as inet), ?)",
                        subnet,
                        "10.0.0." + number,
                        port);
            }
        });

        flyway("served").load().migrate();

        List<String> ports = jdbi.withHandle(handle -> handle.createQuery(
                        "select p.name || coalesce(' on ' || h.name, ' everywhere') || ' at ' || host(a.address)"
                                + " || case when p.serves then '' else ', which does not serve' end"
                                + " from port p join ip_allocation a on a.port_id = p.id"
                                + " left join host h on h.id = p.service_host_id order by p.name")
                .mapTo(String.class)
                .list());
        assertThat(ports)
                .containsExactly(
                        "of node1 on node1 at 10.0.0.1",
                        "of node2 on node2 at 10.0.0.2",
                        "of node3 everywhere at 10.0.0.3");
        String device =
                jdbi.withHandle(handle -> handle.createQuery("select device_id from port where service_host_id is null")
                        .mapTo(String.class)
                        .one());
        assertThat(device).isEqualTo("dhcp-" + network);
    }

    @Test
    void whatAnOperationFromBeforeWaitsForIsKnownByItsName() {
        Jdbi jdbi = Jdbi.create(postgres.url() + "&currentSchema=stepped");
        flyway("stepped").target("45").load().migrate();
        jdbi.useHandle(handle -> {
            // The servers are nothing to this.
            handle.execute("set session_replication_role = replica");
            for (String kind : List.of("resize", "move")) {
                for (int step = 0; step < (kind.equals("move") ? 6 : 5); step++) {
                    handle.execute(
                            "insert into operation (server_id, kind, step, data) values (?, ?, ?, '{}')",
                            UUID.randomUUID(),
                            kind,
                            step);
                }
            }
        });

        flyway("stepped").load().migrate();

        List<String> steps = jdbi.withHandle(
                handle -> handle.createQuery("select kind || ', ' || step from operation order by kind, step")
                        .mapTo(String.class)
                        .list());
        assertThat(steps)
                .containsExactlyInAnyOrder(
                        "resize, room for either",
                        "resize, guest ends",
                        "resize, other hardware",
                        "resize, guest starts",
                        "resize, decision",
                        "move, place",
                        "move, guest ends",
                        "move, disk follows",
                        "move, arrival",
                        "move, guest starts",
                        "move, decision");
    }

    @Test
    void aServerFromBeforeKeepsItsPlaceItsWishItsLeaseAndItsBinding() {
        Jdbi jdbi = Jdbi.create(postgres.url() + "&currentSchema=placed");
        flyway("placed").target("24").load().migrate();
        UUID host = UUID.randomUUID();
        UUID card = UUID.randomUUID();
        UUID network = UUID.randomUUID();
        UUID standing = UUID.randomUUID();
        UUID homeless = UUID.randomUUID();
        UUID direct = UUID.randomUUID();
        jdbi.useHandle(handle -> {
            handle.execute("insert into host (id, name, vcpus_used) values (?, 'node1', 2)", host);
            handle.execute("insert into physical_network (name) values ('net')");
            handle.execute(
                    "insert into physical_function (id, host_id, serial, port, name, address, vendor_id, device_id,"
                            + " vf_device_id, driver, numa_node, total_vfs, mac, carrier)"
                            + " values (?, ?, 's', 0, 'p', 'a', '1', '2', '3', 'igb', 0, 1, 'm', true)",
                    card,
                    host);
            handle.execute(
                    "insert into network (id, project_id, name, mtu, network_type, physical_network)"
                            + " values (?, 'p', 'n', 1500, 'flat', 'net')",
                    network);
            String server = "insert into server (id, project_id, user_id, name, hostname, status, image_id, flavor_id,"
                    + " flavor_name, vcpus, memory_mib, disk_gib, image_facts, reservation_id, host_id, present, power,"
                    + " power_generation, boots, rebuilds, power_state) values (?, 'p', 'u', 'vm', 'vm', ?, ?, '1', 'm1', 2, 512,"
                    + " 3, '{}', 'r-1', ?, ?, 'STOPPED', 7, 2, 1, 'STOPPED')";
            handle.execute(server, standing, "SHUTOFF", standing, host, true);
            handle.execute(server, homeless, "ERROR", homeless, null, false);
            handle.execute(
                    "insert into port (id, network_id, project_id, name, mac_address, fabric, vnic_type, server_id,"
                            + " binding_host_id, binding_host, vif_type, vif_details, binding_facts) values"
                            + " (?, ?, 'p', '', 'm', 'net', 'direct', ?, ?, 'node1', 'hw_veb', '{\"vlan\": \"0\"}',"
                            + " '{\"vf_num\": 0}')",
                    direct,
                    network,
                    standing,
                    host);
            handle.execute(
                    "insert into virtual_function (physical_function_id, index, address, iommu_group, generation,"
                            + " leased_port_id, leased_server_id) values (?, 0, 'v', 1, 4, ?, ?)",
                    card,
                    direct,
                    standing);
        });

        flyway("placed").load().migrate();

        assertThat(rows(jdbi, """
                        select s.claims, c.role, c.generation, c.vcpus, c.memory_mib, c.disk_gib, c.present, c.power,
                            c.power_generation, c.boots, c.rebuilds
                        from server s join claim c on c.server_id = s.id and c.host_id = s.host_id""")).containsExactly("(1,current,1,2,512,3,t,STOPPED,7,2,1)");
        assertThat(rows(jdbi, "select claims, host_id from server where id = '" + homeless + "'"))
                .containsExactly("(0,)");
        assertThat(rows(jdbi, "select leased_server_id, leased_host_id, generation from virtual_function"))
                .containsExactly("(" + standing + "," + host + ",4)");
        assertThat(rows(jdbi, "select port_id, host_id, active, vif_type, facts ->> 'vf_num' from port_binding"))
                .containsExactly("(" + direct + "," + host + ",t,hw_veb,0)");
    }

    private static List<String> rows(Jdbi jdbi, String query) {
        return jdbi.withHandle(handle -> handle.createQuery("select cast(r as text) from (" + query + ") r")
                .mapTo(String.class)
                .list());
    }
}
