package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.compute.keypair.SshPublicKey;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.databind.JsonNode;

/** Flavors and key pairs, by microversion and by refusal. */
class FlavorsAndKeysTest {
    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f user@example";

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static ComputeCloud cloud;

    @BeforeAll
    static void start() {
        cloud = new ComputeCloud(postgres.database());
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    private static Answer flavor(String members) {
        return cloud.admin().post("/v2.1/flavors", "{'flavor': {" + members + "}}");
    }

    @Test
    void flavorsAreUnique() {
        assertThat(flavor("'id': 'one', 'name': 'f1', 'ram': 64, 'vcpus': 1, 'disk': 0")
                        .status())
                .isEqualTo(200);
        Answer sameName = flavor("'name': 'f1', 'ram': 64, 'vcpus': 1, 'disk': 0");
        assertThat(sameName.status()).isEqualTo(409);
        assertThat(sameName.text()).contains("Flavor with name f1 already exists.");
        Answer sameId = flavor("'id': 'one', 'name': 'f2', 'ram': 64, 'vcpus': 1, 'disk': 0");
        assertThat(sameId.status()).isEqualTo(409);
        assertThat(sameId.text()).contains("Flavor with ID one already exists.");
    }

    @Test
    void flavorsNameWhatIsWrong() {
        String good = "'name': 'bad', 'ram': 64, 'vcpus': 1, 'disk': 0";
        assertThat(flavor(good.replace("'vcpus': 1", "'vcpus': 0")).text()).contains("field/attribute vcpus");
        assertThat(flavor(good.replace("'ram': 64", "'ram': 'much'")).text()).contains("field/attribute ram");
        assertThat(flavor(good.replace(", 'disk': 0", "")).text()).contains("'disk' is a required property");
        assertThat(flavor(good + ", 'swap': 512").text()).contains("field/attribute swap");
        assertThat(flavor(good + ", 'rxtx_factor': 2.0").text()).contains("field/attribute rxtx_factor");
        assertThat(flavor(good + ", 'id': ' x'").text()).contains("field/attribute id");
        assertThat(flavor(good + ", 'colour': 'red'").text()).contains("'colour' was unexpected");
        assertThat(cloud.as("member", "2.92")
                        .post("/v2.1/flavors", "{'flavor': {" + good + "}}")
                        .status())
                .isEqualTo(403);
        assertThat(cloud.count("from flavor where name = 'bad'")).isZero();
    }

    @Test
    void extraSpecsAndDescriptionByMicroversion() {
        flavor("'id': 'specs', 'name': 'specs', 'ram': 64, 'vcpus': 1, 'disk': 0, 'description': 'words'");
        String path = "/v2.1/flavors/specs/os-extra_specs";
        assertThat(cloud.admin()
                        .post(path, "{'extra_specs': {'hw:cpu_policy': 'shared', 'a': 'b'}}")
                        .status())
                .isEqualTo(200);
        assertThat(cloud.admin()
                        .put(path + "/a", "{'a': 'c'}")
                        .json()
                        .required("a")
                        .asString())
                .isEqualTo("c");
        assertThat(cloud.admin().put(path + "/a", "{'b': 'c'}").status()).isEqualTo(400);
        assertThat(cloud.admin().get(path + "/nope").status()).isEqualTo(404);
        assertThat(cloud.admin().delete(path + "/a").status()).isEqualTo(200);
        assertThat(cloud.admin().delete(path + "/a").status()).isEqualTo(404);
        assertThat(cloud.as("member", "2.92")
                        .post(path, "{'extra_specs': {'x': 'y'}}")
                        .status())
                .isEqualTo(403);
        JsonNode shown =
                cloud.as("admin", "2.61").get("/v2.1/flavors/specs").json().required("flavor");
        assertThat(shown.at("/extra_specs/hw:cpu_policy").asString()).isEqualTo("shared");
        assertThat(shown.required("description").asString()).isEqualTo("words");
        assertThat(cloud.as("admin", "2.60")
                        .get("/v2.1/flavors/specs")
                        .json()
                        .at("/flavor")
                        .has("extra_specs"))
                .isFalse();
        assertThat(cloud.as("admin", "2.54")
                        .get("/v2.1/flavors/specs")
                        .json()
                        .at("/flavor")
                        .has("description"))
                .isFalse();
    }

    @Test
    void privateFlavorsAreForAdmins() {
        flavor(
                "'id': 'secret', 'name': 'secret', 'ram': 64, 'vcpus': 1, 'disk': 0, 'os-flavor-access:is_public': false");
        assertThat(cloud.as("member", "2.92").get("/v2.1/flavors/secret").status())
                .isEqualTo(404);
        assertThat(ComputeCloud.names(
                        cloud.admin().get("/v2.1/flavors?is_public=None").json().required("flavors"), "id"))
                .contains("secret");
        assertThat(ComputeCloud.names(cloud.admin().get("/v2.1/flavors").json().required("flavors"), "id"))
                .doesNotContain("secret");
        assertThat(cloud.admin().get("/v2.1/flavors?is_public=maybe").status()).isEqualTo(400);
        assertThat(cloud.admin().get("/v2.1/flavors?minRam=x").status()).isEqualTo(400);
        assertThat(cloud.admin().get("/v2.1/flavors?marker=nope").status()).isEqualTo(400);
    }

    private static Answer key(String version, String members) {
        return cloud.as("member", version).post("/v2.1/os-keypairs", "{'keypair': {" + members + "}}");
    }

    @Test
    void keysAreMadeOnRequestUntil292() {
        Answer made = key("2.91", "'name': 'made'");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.json().at("/keypair/private_key").asString()).startsWith("-----BEGIN RSA PRIVATE KEY-----");
        SshPublicKey line = SshPublicKey.parse(
                        made.json().at("/keypair/public_key").asString())
                .orElseThrow();
        assertThat(line.fingerprint())
                .isEqualTo(made.json().at("/keypair/fingerprint").asString());
        Answer refused = key("2.92", "'name': 'made2'");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("'public_key' is a required property");
        assertThat(key("2.1", "'name': 'old', 'public_key': '" + KEY + "'").status())
                .isEqualTo(200);
    }

    @Test
    void keysAreRefusedWithTheReason() {
        String good = "'public_key': '" + KEY + "'";
        assertThat(key("2.92", "'name': 'twice', " + good).status()).isEqualTo(201);
        Answer twice = key("2.92", "'name': 'twice', " + good);
        assertThat(twice.status()).isEqualTo(409);
        assertThat(twice.text()).contains("Key pair 'twice' already exists.");
        assertThat(key("2.92", "'name': 'a/b', " + good).status()).isEqualTo(400);
        assertThat(key("2.91", "'name': 'a@b', " + good).status()).isEqualTo(400);
        assertThat(key("2.92", "'name': 'a@b', " + good).status()).isEqualTo(201);
        assertThat(key("2.92", "'name': 'x', 'type': 'x509', " + good).status()).isEqualTo(400);
        assertThat(key("2.92", "'name': 'x', 'public_key': 'rubbish'").text())
                .contains("failed to generate fingerprint");
        assertThat(key("2.92", "'name': 'x', 'user_id': '" + ComputeCloud.ADMIN_USER + "', " + good)
                        .status())
                .as("only an admin speaks for others")
                .isEqualTo(403);
        Answer unknown = cloud.as("member", "2.92").get("/v2.1/os-keypairs/nope");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.text()).contains("Keypair nope not found for user " + "a".repeat(32));
        assertThat(cloud.as("member", "2.92").delete("/v2.1/os-keypairs/nope").status())
                .isEqualTo(404);
        assertThat(cloud.as("admin", "2.92")
                        .get("/v2.1/os-keypairs?user_id=" + "a".repeat(32))
                        .json()
                        .required("keypairs"))
                .isNotEmpty();
    }
}
