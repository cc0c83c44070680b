package org.sluice.controller.http.list;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.store.TestDatabase;

/** Rows are read until they are as many bytes as may be held, whatever the order in which large and small ones come. */
class WindowTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    /** So many rows, of which those from a certain number on have so many bytes and the others none; the database sorts all of them. */
    private static List<Integer> read(Window window, int rows, int largeFrom, int bytes) {
        return postgres.database()
                .jdbi()
                .inTransaction(handle -> window.list(
                        handle.createQuery("select i, repeat('x', case when i >= " + largeFrom + " then " + bytes
                                + " else 0 end) as text from generate_series(1, " + rows + ") i where true"
                                + window.sql()),
                        (row, _) -> row.getInt("i")));
    }

    private static Window window() {
        return new Window().order("i").rows(500).fetched(10);
    }

    private static List<Integer> upTo(int last) {
        return IntStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void smallRowsComeAllAndInOrder() {
        Window window = window();

        assertThat(read(window, 1000, 1, 100)).isEqualTo(upTo(500));
        assertThat(window.isCut()).isFalse();
        assertThat(window.bytes()).isBetween(50_000L, 55_000L);
    }

    @Test
    void largeOnesEndItBeforeTheyAreTooMuch() {
        Window window = window();

        assertThat(read(window, 20, 1, 100 << 10)).isEqualTo(upTo(5));
        assertThat(window.isCut()).isTrue();
    }

    @Test
    void largeOnesBehindSmallOnesEndItToo() {
        Window window = window();

        assertThat(read(window, 120, 95, 100 << 10)).isEqualTo(upTo(99));
        assertThat(window.isCut()).isTrue();
        assertThat(window.bytes()).isLessThanOrEqualTo(Window.MOST_BYTES);
    }

    @Test
    void oneThatIsTooLargeComesAlone() {
        Window window = window();

        assertThat(read(window, 3, 1, 1 << 20)).isEqualTo(List.of(1));
        assertThat(window.isCut()).isTrue();
    }
}
