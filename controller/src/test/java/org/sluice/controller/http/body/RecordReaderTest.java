package org.sluice.controller.http.body;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.SluiceWording;
import org.sluice.model.ProblemException;
import org.sluice.model.protocol.HostQuery;
import org.sluice.model.protocol.Inventory;

/** Entities of the agents' protocol: a refusal names the member, and nothing gets through that the database refuses later. */
class RecordReaderTest {
    private static final String INVENTORY = Json.MAPPER.writeValueAsString(TestFleet.inventory("node0", 2));

    private static Inventory read(String json) {
        return RecordReader.read(
                json.getBytes(UTF_8), Inventory.class, RecordReader.Texts.STORABLE, new SluiceWording());
    }

    @Test
    void whatIsWholeIsRead() {
        assertThat(read(INVENTORY)).isEqualTo(TestFleet.inventory("node0", 2));
    }

    /** What stands in the inventory, what is put in its place, and what the refusal says. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"vcpus\":64 | \"vcpus\":\"many\" | vcpus is not as it must be",
                "\"numaNode\":0 | \"numaNode\":null | physicalFunctions[0].numaNode is not as it must be",
                "\"address\":\"0000:01:10.1\" | \"address\":null |"
                        + " physicalFunctions[0].virtualFunctions[1]: address is null",
                "\"52:54:00:00:00:01\" | \"up\" | physicalFunctions[0].mac: 'up' is not a valid MAC address",
                "[\"phys0\",\"eth1\"] | [null] | interfaces has a null in it",
                "[\"phys0\",\"eth1\"] | [\"phys0\",[\"eth1\"]] | interfaces[1] is not as it must be",
                "\"QEMU\" | 1 | hypervisorType is not as it must be",
                "\"QEMU\" | \"nul\\u0000in\" | The field 'hypervisorType' must not have NUL characters",
            })
    void aRefusalNamesTheMember(String there, String instead, String sentence) {
        assertThat(INVENTORY).contains(there);

        assertThatThrownBy(() -> read(INVENTORY.replace(there, instead)))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void whatIsNoJsonOrNothingIsNoInventory() {
        for (String json : new String[] {"{", "null", "[]", ""}) {
            assertThatThrownBy(() -> read(json))
                    .isInstanceOf(ProblemException.class)
                    .hasMessageContaining("The request body is not a valid Inventory");
        }
    }

    @Test
    void aConsoleMayPrintNul() {
        String json = "{\"id\":\"9f3f8a52-1df5-4a0c-9d0e-0f4b8a0a4c11\",\"text\":\"a\\u0000b\"}";

        HostQuery.Answer answer = RecordReader.read(
                json.getBytes(UTF_8), HostQuery.Answer.class, RecordReader.Texts.ANY, new SluiceWording());

        assertThat(answer.text()).isEqualTo("a\0b");
    }
}
