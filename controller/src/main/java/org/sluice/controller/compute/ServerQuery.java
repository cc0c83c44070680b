package org.sluice.controller.compute;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sluice.model.ServerId;

/** Which servers to list, in which order, from where: conditions and bindings of one SQL query. Not thread-safe. */
final class ServerQuery {
    /** What servers can be sorted by, by nova's names. Missing values sort first. */
    enum SortKey {
        CREATED_AT("s.created_at"),
        UPDATED_AT("s.updated_at"),
        LAUNCHED_AT("coalesce(s.launched_at, '-infinity')"),
        DISPLAY_NAME("s.name"),
        DISPLAY_DESCRIPTION("coalesce(s.description, '')"),
        HOSTNAME("s.hostname"),
        UUID("s.id"),
        HOST("coalesce(h.name, '')"),
        NODE("coalesce(h.name, '')"),
        AVAILABILITY_ZONE("coalesce(s.availability_zone, '')"),
        PROJECT_ID("s.project_id"),
        USER_ID("s.user_id"),
        KEY_NAME("coalesce(s.key_name, '')"),
        IMAGE_REF("s.image_id"),
        VM_STATE("s.status"),
        POWER_STATE("s.status"),
        TASK_STATE("coalesce(s.task_state, '')"),
        LAUNCH_INDEX("s.launch_index"),
        MEMORY_MB("s.memory_mib"),
        VCPUS("s.vcpus"),
        ROOT_GB("s.disk_gib");

        private final String expression;

        SortKey(String expression) {
            this.expression = expression;
        }
    }

    private record Order(String expression, boolean descending) {}

    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> bindings = new LinkedHashMap<>();
    private final List<Order> orders = new ArrayList<>();
    private final Map<String, String> patterns = new LinkedHashMap<>();
    private boolean afterMarker;

    /** Adds a condition that names {@code binding} once, as {@code :binding}. */
    void where(String condition, String binding, Object value) {
        conditions.add(condition);
        bindings.put(binding, value);
    }

    /** The same, where the value is a regular expression that a user wrote. */
    void wherePattern(String condition, String binding, String pattern) {
        where(condition, binding, pattern);
        patterns.put(binding, pattern);
    }

    /** The regular expressions that users wrote, by parameter. */
    Map<String, String> patterns() {
        return Map.copyOf(patterns);
    }

    /** Adds a condition without a value. */
    void where(String condition) {
        conditions.add(condition);
    }

    void orderBy(SortKey key, boolean descending) {
        orders.add(new Order(key.expression, descending));
    }

    /** Starts behind that server. */
    void after(ServerId marker) {
        afterMarker = true;
        bindings.put("marker", marker.value());
    }

    void limit(int limit) {
        bindings.put("limit", limit);
    }

    Map<String, Object> bindings() {
        return Map.copyOf(bindings);
    }

    String sql(String select, String from) {
        List<Order> all = new ArrayList<>(orders);
        // Numbers are given in order of creation and make every order total.
        all.add(new Order("s.number", all.getFirst().descending()));
        StringBuilder sql = new StringBuilder();
        if (afterMarker) {
            sql.append("with marker as (select ");
            for (int i = 0; i < all.size(); i++) {
                sql.append(i == 0 ? "" : ", ")
                        .append(all.get(i).expression())
                        .append(" as k")
                        .append(i);
            }
            sql.append(from).append(" where s.id = :marker) ");
        }
        sql.append(select).append(from);
        if (afterMarker) {
            sql.append(" cross join marker ");
            conditions.add(behindMarker(all));
        }
        if (!conditions.isEmpty()) {
            sql.append(" where ").append(String.join(" and ", conditions));
        }
        sql.append(" order by ");
        for (int i = 0; i < all.size(); i++) {
            sql.append(i == 0 ? "" : ", ")
                    .append(all.get(i).expression())
                    .append(all.get(i).descending() ? " desc" : " asc");
        }
        return sql.append(" limit :limit").toString();
    }

    /** Equal in the first keys and behind in the next one. */
    private static String behindMarker(List<Order> orders) {
        StringBuilder condition = new StringBuilder("(");
        StringBuilder equal = new StringBuilder();
        for (int i = 0; i < orders.size(); i++) {
            Order order = orders.get(i);
            condition
                    .append(i == 0 ? "(" : " or (")
                    .append(equal)
                    .append(order.expression())
                    .append(order.descending() ? " < " : " > ")
                    .append("marker.k")
                    .append(i)
                    .append(')');
            equal.append(order.expression()).append(" = marker.k").append(i).append(" and ");
        }
        return condition.append(')').toString();
    }
}
