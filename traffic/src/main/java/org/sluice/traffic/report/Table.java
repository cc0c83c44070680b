package org.sluice.traffic.report;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A table for people, the same in text and in HTML.
 *
 * @param caption what it shows
 * @param columns headings, left to right; the first column names the row
 * @param rows as many cells each as there are columns; the empty text where there is nothing to say
 */
record Table(String caption, List<Column> columns, List<List<String>> rows) {
    Table {
        requireNonNull(caption, "caption is null");
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
        for (List<String> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(
                        "A row of '" + caption + "' has " + row.size() + " cells for " + columns.size() + " columns.");
            }
        }
    }

    /** A heading, and whether what is below it are numbers, aligned right. */
    record Column(String heading, boolean number) {
        static Column words(String heading) {
            return new Column(heading, false);
        }

        static Column number(String heading) {
            return new Column(heading, true);
        }
    }

    /** Without the columns in which no row has anything. */
    Table withoutEmptyColumns() {
        List<Integer> kept = IntStream.range(0, columns.size())
                .filter(column -> rows.stream().anyMatch(row -> !row.get(column).isEmpty()))
                .boxed()
                .toList();
        List<List<String>> cells = new ArrayList<>();
        for (List<String> row : rows) {
            cells.add(kept.stream().map(row::get).toList());
        }
        return new Table(caption, kept.stream().map(columns::get).toList(), cells);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }
}
