package org.sluice.controller.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.http.reference.ReferenceText;
import org.sluice.controller.store.TestDatabase;

/**
 * docs/api.md and docs/policy.md say what the table of routes says. With the property {@code sluice.reference=write} they are
 * written anew.
 */
class ReferenceTest {
    private static final String MARK =
            "<!-- What follows is made from the table of routes; ReferenceTest writes it. -->\n";

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @Test
    void theDocumentsAreTheTables(@TempDir Path spool) throws IOException {
        try (WholeApi api = new WholeApi(DATABASE.database(), spool, Map.of())) {
            requireSame("api.md", ReferenceText.api(api.table()));
            requireSame("policy.md", ReferenceText.policy(api.table()));
        }
    }

    private static void requireSame(String name, String made) throws IOException {
        Path page = Path.of("..", "docs", name);
        String text = Files.readString(page);
        String head = text.substring(0, text.indexOf(MARK) + MARK.length());
        String wanted = head + "\n" + made;
        if (System.getProperty("sluice.reference", "").equals("write")) {
            Files.writeString(page, wanted);
        } else {
            assertThat(text)
                    .as(
                            "docs/%s; mvn test -pl controller -am -Dtest=ReferenceTest -Dsluice.reference=write writes it",
                            name)
                    .isEqualTo(wanted);
        }
    }
}
