package org.sluice.controller.http.list;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.body.EntityReader;
import org.sluice.controller.http.door.HeapBudget;
import org.sluice.controller.http.view.View;
import org.sluice.controller.policy.Rule;
import org.sluice.model.ProblemException;

/**
 * What a list may be asked for, declared once per resource: filters, sort keys, pages. A parameter that is not declared is
 * refused. Pages and the batches in which a long list is read go by key and not by offset: they stay right while rows come and
 * go, and a list of any length costs the memory of one batch, which is bounded in rows and in bytes. Immutable and thread-safe.
 */
public final class ListQuery<T> {
    /** Rows that are read at a time; the client's speed does not matter to the database then. */
    private static final int BATCH = 500;
    /** Rows that the database sends at first: they, and later four times as many, are in the heap before their bytes are counted. */
    private static final int FETCHED = 100;

    private static final int FETCHED_OF_LARGE = 10;
    private static final int MOST_KIBIBYTES = Window.MOST_BYTES >> 10;
    /** Rows of the page before a marker. */
    private static final int LARGEST_REVERSED = 1_000;

    /** One query parameter. */
    private record Parameter(String name, Filter filter, int since, Optional<Rule> rule) {}

    private record SortKey<T>(String name, String column, Function<T, Object> value) {}

    private record Ordered<T>(SortKey<T> key, boolean ascending) {}

    private final View<T> view;
    private final Map<String, Parameter> parameters;
    private final Map<String, SortKey<T>> sortable;
    private final SortKey<T> unique;
    private final Function<T, String> marker;
    private final String usualKey;
    private final boolean usuallyAscending;
    private final int usual;
    private final int most;
    private final boolean zeroMeansAll;
    private final int batch;
    private final int fetched;
    private final @Nullable Function<String, Filter> others;
    private final @Nullable Function<String, ProblemException> absence;

    private ListQuery(Builder<T> builder) {
        this.view = builder.view;
        this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(builder.parameters));
        this.sortable = Collections.unmodifiableMap(new LinkedHashMap<>(builder.sortable));
        this.unique = requireNonNull(builder.unique, "the list has no unique key");
        this.marker = requireNonNull(builder.marker, "the list has no marker");
        this.usualKey = builder.usualKey == null ? unique.name() : builder.usualKey;
        this.usuallyAscending = builder.usuallyAscending;
        this.usual = builder.usual;
        this.most = builder.most;
        this.zeroMeansAll = builder.zeroMeansAll;
        this.batch = builder.batch;
        this.fetched = builder.fetched;
        this.others = builder.others;
        this.absence = builder.absence;
    }

    /** A list's declaration that is being written. */
    public static final class Builder<T> {
        private final View<T> view;
        private final Map<String, Parameter> parameters = new LinkedHashMap<>();
        private final Map<String, SortKey<T>> sortable = new LinkedHashMap<>();
        private @Nullable SortKey<T> unique;
        private @Nullable Function<T, String> marker;
        private @Nullable String usualKey;
        private boolean usuallyAscending = true;
        private int usual = Integer.MAX_VALUE;
        private int most = Integer.MAX_VALUE;
        private boolean zeroMeansAll;
        private int batch = BATCH;
        private int fetched = FETCHED;
        private @Nullable Function<String, Filter> others;
        private @Nullable Function<String, ProblemException> absence;
        private String last = "";

        private Builder(View<T> view) {
            this.view = view;
        }

        /** A query parameter that narrows the list. */
        public Builder<T> filter(String name, Filter filter) {
            parameters.put(name, new Parameter(name, requireNonNull(filter, "filter is null"), 0, Optional.empty()));
            last = name;
            return this;
        }

        /** A query parameter that the source reads itself, because it decides whose rows the list is about. */
        public Builder<T> scope(String name) {
            return filter(name, (values, terms) -> "true");
        }

        /** The parameter just named came with that microversion. */
        public Builder<T> since(int minor) {
            Parameter parameter = requireNonNull(parameters.get(last), "no filter was named");
            parameters.put(last, new Parameter(last, parameter.filter(), minor, parameter.rule()));
            return this;
        }

        /**
         * Only callers who pass that rule may use the parameter just named; if the rule decides over rows, it finds those for which
         * it passes.
         */
        public Builder<T> allowedWith(Rule rule) {
            Parameter parameter = requireNonNull(parameters.get(last), "no filter was named");
            parameters.put(last, new Parameter(last, parameter.filter(), parameter.since(), Optional.of(rule)));
            return this;
        }

        /**
         * A key to sort by.
         *
         * @param column its SQL, never null
         * @param value the same of a row: text, a number, a truth value, a UUID or an {@link Instant}
         */
        public Builder<T> sort(String name, String column, Function<T, Object> value) {
            sortable.put(name, new SortKey<>(name, column, value));
            return this;
        }

        /** The key that no two rows share; it ends every order. {@code marked} is how clients name a row. */
        public Builder<T> unique(String name, String column, Function<T, Object> value, Function<T, String> marked) {
            unique = new SortKey<>(name, column, value);
            marker = marked;
            sortable.put(name, unique);
            return this;
        }

        /** What is said of a marker that names no row of it, where the family's one sentence for all its lists does not do. */
        public Builder<T> unknownMarker(Function<String, ProblemException> refusal) {
            absence = refusal;
            return this;
        }

        /** The order when the client asks for none. */
        public Builder<T> usually(String key, boolean ascending) {
            usualKey = key;
            usuallyAscending = ascending;
            return this;
        }

        /** Page size when the client asks for none, and the largest that it gets. */
        public Builder<T> pages(int usualSize, int largest) {
            usual = usualSize;
            most = largest;
            return this;
        }

        /** A page size of 0 asks for everything, as in Neutron; elsewhere it asks for nothing. */
        public Builder<T> zeroMeansAll() {
            zeroMeansAll = true;
            return this;
        }

        /** Rows are large: only so many are read at a time. */
        public Builder<T> batch(int rows) {
            batch = rows;
            return this;
        }

        /** Single rows may have tens of KiB and more, though most do not: few of them leave the database at a time. */
        public Builder<T> largeRows() {
            fetched = FETCHED_OF_LARGE;
            return this;
        }

        /** Every parameter that is not declared narrows the list too, by what its name says: the Image API's properties. */
        public Builder<T> others(Function<String, Filter> filter) {
            others = filter;
            return this;
        }

        public ListQuery<T> build() {
            return new ListQuery<>(this);
        }
    }

    /** Begins a list of what that view shows. */
    public static <T> Builder<T> of(View<T> view) {
        return new Builder<>(view);
    }

    /** The same declaration for another view of the same rows: {@code /servers} and {@code /servers/detail}. */
    public ListQuery<T> shownAs(View<T> other) {
        return copiedAs(other).build();
    }

    private Builder<T> copiedAs(View<T> other) {
        Builder<T> builder = new Builder<>(other);
        builder.parameters.putAll(parameters);
        builder.sortable.putAll(sortable);
        builder.unique = unique;
        builder.marker = marker;
        builder.usualKey = usualKey;
        builder.usuallyAscending = usuallyAscending;
        builder.usual = usual;
        builder.most = most;
        builder.zeroMeansAll = zeroMeansAll;
        builder.batch = batch;
        builder.fetched = fetched;
        builder.others = others;
        builder.absence = absence;
        return builder;
    }

    /** What it shows. */
    public View<T> view() {
        return view;
    }

    /** How many rows are read at a time. */
    public int batch() {
        return batch;
    }

    /** The names of its query parameters, without those that all lists of the family have ({@link PageStyle#parameters}). */
    public List<String> filterNames() {
        return List.copyOf(parameters.keySet());
    }

    /** The microversion with which a query parameter came, 0 for the beginning. */
    public int since(String filter) {
        return parameter(filter).since();
    }

    /** The rule that a query parameter needs beside that of the route, if it does. */
    public Optional<Rule> rule(String filter) {
        return parameter(filter).rule();
    }

    private Parameter parameter(String name) {
        return requireNonNull(parameters.get(name), () -> "the list has no parameter " + name);
    }

    /** The names of its sort keys. */
    public List<String> sortKeys() {
        return List.copyOf(sortable.keySet());
    }

    /** The rules that some of its parameters need. */
    public List<Rule> rules() {
        return parameters.values().stream()
                .flatMap(parameter -> parameter.rule().stream())
                .toList();
    }

    /**
     * Answers a request with a page, streamed.
     *
     * @throws org.sluice.model.ProblemException in the words of the family: for what is not declared or not as it must be
     */
    public Reply answer(Exchange exchange, Source<T> source) {
        Request request = read(exchange);
        Optional<T> after = exchange.query("marker").map(text -> marked(exchange, source, text));
        // Read before the status goes out: what goes wrong here is still an error that the client understands.
        Rows first = request.limit == 0
                ? new Rows(List.of(), true, null)
                : request.rows(exchange.holdForReply(MOST_KIBIBYTES), exchange, source, after, 0);
        Reply.JsonWriter writer = json -> {
            json.writeStartObject();
            json.writeArrayPropertyStart(view.plural());
            View.Writer<T> items = view.to(exchange);
            Rows rows = first;
            List<T> page = request.reverse ? rows.take().reversed() : rows.take();
            @Nullable T head = page.isEmpty() ? null : page.getFirst();
            @Nullable T tail = null;
            int count = 0;
            while (!page.isEmpty()) {
                for (T item : page) {
                    items.write(json, item);
                }
                count += page.size();
                tail = page.getLast();
                page = List.of();
                if (!request.reverse && !rows.isLast && count < request.limit) {
                    Optional<T> last = Optional.of(tail);
                    int written = count;
                    HeapBudget.@Nullable Held room = rows.held;
                    rows = exchange.stillAtWork(() -> request.rows(room, exchange, source, last, written));
                    page = rows.take();
                } else {
                    rows.giveBack();
                }
            }
            json.writeEndArray();
            List<String> ids =
                    head == null || tail == null ? List.of() : List.of(marker.apply(head), marker.apply(tail));
            exchange.pageStyle()
                    .write(
                            json,
                            new PageStyle.Page(
                                    new PageLinks(exchange),
                                    view.plural(),
                                    ids,
                                    count > 0 && (count == request.limit || !rows.isLast),
                                    request.hasLimit,
                                    after.isPresent(),
                                    request.reverse));
            json.writeEndObject();
        };
        return Reply.written(200, writer);
    }

    private T marked(Exchange exchange, Source<T> source, String text) {
        // What the database cannot keep names nothing.
        return (EntityReader.isStorable(text) ? source.marked(exchange, text) : Optional.<T>empty())
                .orElseThrow(() ->
                        absence == null ? exchange.wording().unknownMarker(view.plural(), text) : absence.apply(text));
    }

    /** A batch of rows, and the part of the heap that they hold. */
    private final class Rows {
        private List<T> read;
        private final boolean isLast;
        private final HeapBudget.@Nullable Held held;

        Rows(List<T> read, boolean isLast, HeapBudget.@Nullable Held held) {
            this.read = read;
            this.isLast = isLast;
            this.held = held;
        }

        /** The rows, which are here no more: whoever takes them lets go of them before the next ones are read. */
        List<T> take() {
            List<T> taken = read;
            read = List.of();
            return taken;
        }

        void giveBack() {
            if (held != null) {
                held.close();
            }
        }
    }

    private final class Request {
        private final Window base;
        private final List<Ordered<T>> order;
        private final int limit;
        private final boolean hasLimit;
        private final boolean reverse;

        private Request(Window base, List<Ordered<T>> order, int limit, boolean hasLimit, boolean reverse) {
            this.base = base;
            this.order = order;
            this.limit = limit;
            this.hasLimit = hasLimit;
            this.reverse = reverse;
        }

        /** Reads the rows that follow one, {@code already} of them being out. */
        private Rows rows(
                HeapBudget.@Nullable Held room, Exchange exchange, Source<T> source, Optional<T> after, int already) {
            Window window = window(after, already);
            List<T> read = source.rows(exchange, window);
            boolean isLast = !window.isCut() && read.size() < window.rows();
            if (isLast && room != null) {
                room.resize(Math.toIntExact((window.bytes() + 1023) >> 10));
            }
            // A reply that has begun keeps its room to its end: nobody could be told any more that there is none.
            return new Rows(read, isLast, room);
        }

        private Window window(Optional<T> after, int already) {
            Window window = base.copy()
                    .rows(reverse ? limit : Math.min(batch, limit - already))
                    .fetched(fetched);
            window.order(String.join(
                    ", ",
                    order.stream()
                            .map(key -> key.key().column() + (key.ascending() ? "" : " desc"))
                            .toList()));
            after.ifPresent(row -> window.and(following(window, row)));
            return window;
        }

        /** Larger in the first key, or equal in it and larger in the next. */
        private String following(Window window, T row) {
            List<String> there = order.stream()
                    .map(key -> window.value(bindable(key.key().value().apply(row))))
                    .toList();
            List<Boolean> directions =
                    order.stream().map(Ordered::ascending).distinct().toList();
            if (directions.size() == 1) {
                // A comparison of rows, which an index on these columns answers.
                return "(" + String.join(", ", columns()) + ")" + (directions.getFirst() ? " > " : " < ") + "("
                        + String.join(", ", there) + ")";
            }
            List<String> alternatives = new ArrayList<>();
            StringBuilder equalSoFar = new StringBuilder();
            for (int place = 0; place < order.size(); place++) {
                Ordered<T> key = order.get(place);
                String column = key.key().column();
                alternatives.add(
                        "(" + equalSoFar + column + (key.ascending() ? " > " : " < ") + there.get(place) + ")");
                equalSoFar.append(column).append(" = ").append(there.get(place)).append(" and ");
            }
            return String.join(" or ", alternatives);
        }

        private List<String> columns() {
            return order.stream().map(key -> key.key().column()).toList();
        }
    }

    private static Object bindable(Object value) {
        return value instanceof Instant instant ? instant.atOffset(ZoneOffset.UTC) : value;
    }

    private Request read(Exchange exchange) {
        Window window = new Window();
        for (String name : exchange.queryNames()) {
            // A list may have come to pages later than others.
            if (parameters.containsKey(name)
                    || !exchange.pageStyle().parameters().contains(name)) {
                narrow(exchange, window, name);
            }
        }
        Optional<Integer> asked = exchange.query("limit").map(text -> limit(exchange, text));
        boolean reverse = exchange.query("page_reverse")
                .filter(value -> value.equalsIgnoreCase("true"))
                .isPresent();
        int wanted = asked.orElse(usual);
        int limit = wanted == 0 && zeroMeansAll ? most : Math.min(wanted, most);
        boolean bounded = asked.isPresent() && (wanted > 0 || !zeroMeansAll);
        if (reverse && limit > LARGEST_REVERSED) {
            // Rows come in the opposite order, so all of the page is held before the first one goes out.
            limit = LARGEST_REVERSED;
            bounded = true;
        }
        return new Request(window, order(exchange, reverse), limit, bounded, reverse);
    }

    private void narrow(Exchange exchange, Window window, String name) {
        @Nullable Parameter parameter = parameters.get(name);
        if (parameter == null && others != null) {
            parameter = new Parameter(name, others.apply(name), 0, Optional.empty());
        }
        if (parameter == null || exchange.minorVersion() < parameter.since()) {
            throw exchange.wording().unknownFilter(name);
        }
        parameter.rule().ifPresent(rule -> {
            exchange.require(rule);
            if (rule.rows().isPresent()) {
                window.and(exchange.rows(rule).sql(window::value));
            }
        });
        if (!exchange.queryAll(name).stream().allMatch(EntityReader::isStorable)) {
            throw exchange.wording().badFilter(name, exchange.queryAll(name).getFirst(), "text without NUL characters");
        }
        window.and(parameter.filter().condition(exchange.queryAll(name), new Filter.Terms() {
            @Override
            public String value(Object value) {
                return window.value(value);
            }

            @Override
            public <E> String array(Class<E> type, List<E> values) {
                return window.array(type, values);
            }

            @Override
            public RuntimeException bad(String value, String expected) {
                return exchange.wording().badFilter(name, value, expected);
            }
        }));
    }

    /** {@code sort_key=a&sort_dir=desc}, repeated, or {@code sort=a:desc,b}; the unique key ends it. */
    private List<Ordered<T>> order(Exchange exchange, boolean reverse) {
        List<String> names = new ArrayList<>(exchange.queryAll("sort_key"));
        List<String> directions = new ArrayList<>(exchange.queryAll("sort_dir"));
        exchange.query("sort").ifPresent(text -> {
            for (String part : text.split(",")) {
                int colon = part.indexOf(':');
                names.add(colon < 0 ? part.strip() : part.substring(0, colon).strip());
                directions.add(colon < 0 ? "desc" : part.substring(colon + 1).strip());
            }
        });
        boolean unpaired = exchange.pageStyle().pairsSorts()
                ? !directions.isEmpty() && directions.size() != names.size()
                : directions.size() > Math.max(1, names.size());
        if (unpaired) {
            throw exchange.wording().unpairedSort(directions.getLast());
        }
        Set<String> seen = new LinkedHashSet<>();
        List<Ordered<T>> order = new ArrayList<>();
        if (names.isEmpty()) {
            names.add(usualKey);
        }
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            SortKey<T> key = sortable.get(name);
            if (key == null) {
                throw exchange.wording().unknownSortKey(name, sortKeys());
            }
            boolean ascending = i < directions.size() ? ascending(exchange, directions.get(i)) : usuallyAscending;
            if (seen.add(key.column())) {
                order.add(new Ordered<>(key, ascending != reverse));
            }
        }
        if (!seen.contains(unique.column())) {
            order.add(new Ordered<>(unique, order.getLast().ascending()));
        }
        return order;
    }

    private static boolean ascending(Exchange exchange, String direction) {
        return switch (direction) {
            case "asc" -> true;
            case "desc" -> false;
            default -> throw exchange.wording().badSortDirection(direction);
        };
    }

    private static int limit(Exchange exchange, String text) {
        if (!text.matches("[0-9]{1,9}")) {
            throw exchange.wording().badLimit(text);
        }
        return Integer.parseInt(text);
    }
}
