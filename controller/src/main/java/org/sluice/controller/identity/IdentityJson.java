package org.sluice.controller.identity;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.sluice.controller.http.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON of the Identity API, version 3.14. URLs in it begin with {@code self}: {@code http://host/identity/v3}. */
final class IdentityJson {
    static final String DOMAIN_ID = "default";
    static final String DOMAIN_NAME = "Default";

    /** Tokens count whole seconds; clients expect the digits after them all the same. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private IdentityJson() {}

    static ObjectNode version(String self) {
        ObjectNode version = object().put("id", "v3.14").put("status", "stable").put("updated", "2020-04-07T00:00:00Z");
        version.putArray("links").addObject().put("rel", "self").put("href", self + "/");
        version.putArray("media-types")
                .addObject()
                .put("base", "application/json")
                .put("type", "application/vnd.openstack.identity-v3+json");
        return version;
    }

    static ObjectNode versions(String self) {
        ObjectNode versions = object();
        versions.putObject("versions").putArray("values").add(version(self));
        return versions;
    }

    /** {@code roles} are those of the token's project, with their identifiers. */
    static ObjectNode token(Token token, List<Role> roles, String baseUrl, boolean withCatalog) {
        ObjectNode json = object();
        ArrayNode methods = json.putArray("methods");
        token.methods().forEach(methods::add);
        ObjectNode user = json.putObject("user");
        user.set("domain", domainReference());
        user.put("id", token.userId()).put("name", token.userName()).putNull("password_expires_at");
        ArrayNode auditIds = json.putArray("audit_ids");
        token.auditIds().forEach(auditIds::add);
        json.put("expires_at", time(token.expiresAt()));
        json.put("issued_at", time(token.issuedAt()));
        token.project().ifPresent(scope -> {
            ObjectNode project = json.putObject("project");
            project.set("domain", domainReference());
            project.put("id", scope.id()).put("name", scope.name());
            json.put("is_domain", false);
            ArrayNode list = json.putArray("roles");
            roles.forEach(role -> list.addObject().put("id", role.id()).put("name", role.name()));
            if (withCatalog) {
                json.set("catalog", catalog(baseUrl));
            }
        });
        return json;
    }

    static ArrayNode catalog(String baseUrl) {
        ArrayNode catalog = Json.MAPPER.createArrayNode();
        for (Catalog.Service service : Catalog.services()) {
            ObjectNode entry = catalog.addObject();
            ArrayNode endpoints = entry.putArray("endpoints");
            for (Catalog.Endpoint endpoint : Catalog.endpoints(service, baseUrl)) {
                endpoints
                        .addObject()
                        .put("id", endpoint.id())
                        .put("interface", endpoint.interfaceName())
                        .put("region_id", Catalog.REGION)
                        .put("url", endpoint.url())
                        .put("region", Catalog.REGION);
            }
            entry.put("id", service.id()).put("type", service.type()).put("name", service.name());
        }
        return catalog;
    }

    static ObjectNode project(Project project, String self) {
        ObjectNode json = object().put("id", project.id())
                .put("name", project.name())
                .put("domain_id", DOMAIN_ID)
                .put("description", project.description())
                .put("enabled", project.enabled())
                .put("parent_id", DOMAIN_ID)
                .put("is_domain", false);
        ArrayNode tags = json.putArray("tags");
        project.tags().forEach(tags::add);
        json.putObject("options");
        return linked(json, self + "/projects/" + project.id());
    }

    static ObjectNode user(Account account, String self) {
        ObjectNode json = object().put("id", account.id())
                .put("name", account.name())
                .put("domain_id", DOMAIN_ID)
                .put("enabled", account.enabled());
        account.defaultProjectId().ifPresent(id -> json.put("default_project_id", id));
        account.email().ifPresent(email -> json.put("email", email));
        account.description().ifPresent(description -> json.put("description", description));
        json.putNull("password_expires_at").putObject("options");
        return linked(json, self + "/users/" + account.id());
    }

    static ObjectNode role(Role role, String self) {
        ObjectNode json = object().put("id", role.id())
                .put("name", role.name())
                .putNull("domain_id")
                .putNull("description");
        json.putObject("options");
        return linked(json, self + "/roles/" + role.id());
    }

    /** With names beside the identifiers on demand. The link of an implied role is that of the one that was given. */
    static ObjectNode assignment(Assigned assigned, boolean withNames, String self) {
        ObjectNode json = object();
        ObjectNode project = json.putObject("scope").putObject("project").put("id", assigned.projectId());
        ObjectNode user = json.putObject("user").put("id", assigned.accountId());
        ObjectNode role = json.putObject("role").put("id", assigned.role().id());
        if (withNames) {
            project.put("name", assigned.projectName()).set("domain", domainReference());
            user.put("name", assigned.accountName()).set("domain", domainReference());
            role.put("name", assigned.role().name());
        }
        json.putObject("links")
                .put(
                        "assignment",
                        self + "/projects/" + assigned.projectId() + "/users/" + assigned.accountId() + "/roles/"
                                + assigned.given().orElse(assigned.role().id()));
        return json;
    }

    static ObjectNode domain(String self) {
        ObjectNode json = object().put("id", DOMAIN_ID)
                .put("name", DOMAIN_NAME)
                .put("description", "The default domain")
                .put("enabled", true);
        json.putArray("tags");
        json.putObject("options");
        return linked(json, self + "/domains/" + DOMAIN_ID);
    }

    static ObjectNode service(Catalog.Service service, String self) {
        return linked(
                object().put("name", service.name())
                        .put("id", service.id())
                        .put("type", service.type())
                        .put("enabled", true),
                self + "/services/" + service.id());
    }

    static ObjectNode endpoint(Catalog.Endpoint endpoint, String self) {
        return linked(
                object().put("id", endpoint.id())
                        .put("interface", endpoint.interfaceName())
                        .put("region_id", Catalog.REGION)
                        .put("service_id", endpoint.serviceId())
                        .put("url", endpoint.url())
                        .put("enabled", true)
                        .put("region", Catalog.REGION),
                self + "/endpoints/" + endpoint.id());
    }

    static ObjectNode region(String self) {
        return linked(
                object().put("id", Catalog.REGION).put("description", "").putNull("parent_region_id"),
                self + "/regions/" + Catalog.REGION);
    }

    /** A list with the links that every list of the API has; ours are never cut into pages. */
    static ObjectNode list(String name, List<ObjectNode> items, String self) {
        ObjectNode json = object();
        json.putArray(name).addAll(items);
        json.putObject("links").putNull("next").put("self", self).putNull("previous");
        return json;
    }

    static ObjectNode wrap(String name, ObjectNode item) {
        ObjectNode json = object();
        json.set(name, item);
        return json;
    }

    private static ObjectNode linked(ObjectNode json, String url) {
        json.putObject("links").put("self", url);
        return json;
    }

    private static ObjectNode domainReference() {
        return object().put("id", DOMAIN_ID).put("name", DOMAIN_NAME);
    }

    private static String time(Instant instant) {
        return TIME.format(instant);
    }

    private static ObjectNode object() {
        return Json.MAPPER.createObjectNode();
    }
}
