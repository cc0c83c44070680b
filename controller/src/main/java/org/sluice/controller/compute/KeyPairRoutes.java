package org.sluice.controller.compute;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.model.ProblemException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /os-keypairs}: a user's SSH keys. */
final class KeyPairRoutes {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9 _-]{1,255}");
    /** 2.92 added the characters of mail addresses. */
    private static final Pattern NAME_FROM_92 = Pattern.compile("[A-Za-z0-9 _@.-]{1,255}");

    private static final int RSA_BITS = 2_048;

    private final Jdbi jdbi;
    private final InstantSource clock;
    private final KeyPairStore store = new KeyPairStore();

    KeyPairRoutes(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    void routes(Routes routes) {
        String root = ComputeFamily.VERSION_PATH + "/os-keypairs";
        routes.get(root, Call.versioned(this::list))
                .post(root, Call.versioned(this::create))
                .get(root + "/{name}", Call.versioned(this::show))
                .delete(root + "/{name}", Call.versioned(this::delete));
    }

    private Reply list(Call call) {
        String user = owner(call, call.exchange().query("user_id"));
        Page page = call.version().atLeast(35) ? Page.of(call.exchange()) : new Page(Page.LARGEST, Optional.empty());
        List<KeyPair> keys = jdbi.withHandle(handle -> {
            if (page.marker().isPresent()
                    && store.find(handle, user, page.marker().get()).isEmpty()) {
                throw Problems.badRequest(
                        "MarkerNotFound", "Marker " + page.marker().get() + " could not be found.");
            }
            return store.list(handle, user, page);
        });
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode items = body.putArray("keypairs");
        keys.forEach(key -> items.addObject().set("keypair", brief(key, call.version())));
        if (call.version().atLeast(35) && page.isFull(keys)) {
            body.set(
                    "keypairs_links",
                    call.links().next(call.exchange(), keys.getLast().name()));
        }
        return Reply.ok(body);
    }

    private Reply create(Call call) {
        call.caller().requireWriter("os_compute_api:os-keypairs:create");
        Fields fields = Fields.of(call, "keypair");
        Set<String> known = new HashSet<>(Set.of("name", "public_key"));
        if (call.version().atLeast(2)) {
            known.add("type");
        }
        if (call.version().atLeast(10)) {
            known.add("user_id");
        }
        fields.onlyKnows(known);
        String name = name(fields, call.version());
        if (!fields.optionalText("type", 1, Fields.LONGEST_NAME).orElse("ssh").equals("ssh")) {
            throw fields.refused("type", "only 'ssh' is offered");
        }
        if (call.version().atLeast(92)) {
            fields.required("public_key");
        }
        String user = owner(call, fields.optionalText("user_id", 1, Fields.LONGEST_NAME));
        return fields.isSet("public_key")
                ? store(call, user, name, fields.text("public_key", 1, 16_384), Optional.empty())
                : generate(call, user, name);
    }

    private static String name(Fields fields, Microversion version) {
        String name = fields.text("name", 1, Fields.LONGEST_NAME);
        boolean mail = version.atLeast(92);
        if (!(mail ? NAME_FROM_92 : NAME).matcher(name).matches() || !name.equals(name.strip())) {
            throw Problems.badRequest(
                    "InvalidKeypair",
                    "Keypair data is invalid: the name '" + name + "' may have letters, digits, hyphens, underscores"
                            + (mail ? ", dots, at signs" : "") + " and inner spaces.");
        }
        return name;
    }

    private Reply store(Call call, String user, String name, String publicKey, Optional<String> privateKey) {
        SshPublicKey key = SshPublicKey.parse(publicKey)
                .orElseThrow(() -> Problems.badRequest(
                        "InvalidKeypair",
                        "Keypair data is invalid: failed to generate fingerprint; public_key must be one line in"
                                + " OpenSSH form: type, base64 and a comment."));
        boolean made = jdbi.withHandle(
                handle -> store.insert(handle, user, name, key.fingerprint(), publicKey, clock.instant()));
        if (!made) {
            throw Problems.conflict("KeyPairExists", "Key pair '" + name + "' already exists.");
        }
        ObjectNode json = Json.MAPPER.createObjectNode();
        if (call.version().atLeast(2)) {
            json.put("type", "ssh");
        }
        json.put("name", name).put("public_key", publicKey).put("fingerprint", key.fingerprint());
        json.put("user_id", user);
        privateKey.ifPresent(pem -> json.put("private_key", pem));
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("keypair", json);
        return Reply.json(call.version().atLeast(2) ? 201 : 200, body);
    }

    private Reply generate(Call call, String user, String name) {
        java.security.KeyPair pair;
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(RSA_BITS);
            pair = generator.generateKeyPair();
        } catch (NoSuchAlgorithmException cause) {
            throw new IllegalStateException("every Java platform has RSA", cause);
        }
        StringWriter pem = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(pem)) {
            writer.writeObject(pair.getPrivate());
        } catch (IOException impossible) {
            throw new UncheckedIOException("a key could not be written to memory", impossible);
        }
        String line = SshPublicKey.lineOf((RSAPublicKey) pair.getPublic(), "Generated-by-Sluice");
        return store(call, user, name, line, Optional.of(pem.toString()));
    }

    private Reply show(Call call) {
        String user = owner(call, call.exchange().query("user_id"));
        KeyPair key = jdbi.withHandle(handle -> store.find(handle, user, call.path("name")))
                .orElseThrow(() -> unknown(call, user));
        ObjectNode json = brief(key, call.version())
                .put("user_id", key.userId())
                .put("created_at", Times.plain(key.createdAt()))
                .put("deleted", false)
                .putNull("deleted_at")
                .put("id", key.number())
                .putNull("updated_at");
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("keypair", json);
        return Reply.ok(body);
    }

    private Reply delete(Call call) {
        call.caller().requireWriter("os_compute_api:os-keypairs:delete");
        String user = owner(call, call.exchange().query("user_id"));
        boolean gone = jdbi.withHandle(handle -> store.delete(handle, user, call.path("name")));
        if (!gone) {
            throw unknown(call, user);
        }
        return Reply.empty(call.version().atLeast(2) ? 204 : 202);
    }

    private static ProblemException unknown(Call call, String user) {
        return Problems.notFound("KeypairNotFound", "Keypair " + call.path("name") + " not found for user " + user);
    }

    /** From 2.10 on an admin may speak for another user. */
    private static String owner(Call call, Optional<String> asked) {
        String own = call.caller().userId();
        if (asked.isEmpty() || !call.version().atLeast(10) || asked.get().equals(own)) {
            return own;
        }
        call.caller().requireAdmin("os_compute_api:os-keypairs");
        return asked.get();
    }

    private static ObjectNode brief(KeyPair key, Microversion version) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("name", key.name())
                .put("public_key", key.publicKey())
                .put("fingerprint", key.fingerprint());
        if (version.atLeast(2)) {
            json.put("type", key.type());
        }
        return json;
    }
}
