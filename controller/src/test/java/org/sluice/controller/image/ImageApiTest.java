package org.sluice.controller.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.controller.background.AbandonedUploads;
import org.sluice.controller.background.Reconcilers;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.http.ApiServer;
import org.sluice.controller.http.RecordedExchange;
import org.sluice.controller.http.TestListener;
import org.sluice.controller.image.data.ImageBytes;
import org.sluice.controller.image.data.ImageLimits;
import org.sluice.controller.image.data.ImageSweep;
import org.sluice.controller.image.data.QcowHeader;
import org.sluice.controller.image.data.UploadRoom;
import org.sluice.controller.image.image.DiskFormat;
import org.sluice.controller.image.image.ImageDepartures;
import org.sluice.controller.image.image.ImageRecord;
import org.sluice.controller.image.image.ImageRules;
import org.sluice.controller.image.image.ImageStore;
import org.sluice.controller.policy.Access;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Policy;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import tools.jackson.databind.JsonNode;

/** The Image API through its listener, compared with what OpenStack Zed answers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ImageApiTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static final String BINARY = "application/octet-stream";
    private static final String PATCH = "application/openstack-images-v2.1-json-patch";

    private static final Access OF_ADMIN =
            Policy.of(List.of(ImageRules.SHOW)).access(new Caller("u1", "admin", "p1", "admin", Set.of("admin")));

    @TempDir
    static Path spool;

    private ImageBytes bytes;
    private ImageSweep sweep;
    private ChangeFeed feed;
    private Reconcilers reconcilers;
    private ApiServer server;
    private ApiClient client;

    @BeforeAll
    void start() {
        bytes = new ImageBytes(postgres.database());
        sweep = new ImageSweep(postgres.database());
        feed = new ChangeFeed(postgres.database());
        reconcilers =
                Reconcilers.start(List.of(new AbandonedUploads(bytes)), feed, new Random(7), Reconcilers.Observer.NONE);
        Map<String, Caller> callers = Map.of(
                "admin", new Caller("u1", "admin", "p1", "admin", Set.of("admin", "member", "reader")),
                "demo", new Caller("u2", "demo", "p2", "demo", Set.of("member", "reader")),
                "other", new Caller("u3", "other", "p3", "other", Set.of("member", "reader")),
                "guest", new Caller("u4", "guest", "p2", "demo", Set.of("reader")));
        server = TestListener.start(
                Optional.empty(),
                token -> Optional.ofNullable(callers.get(token))
                        .orElseThrow(() -> Problem.of(Problem.Kind.UNAUTHENTICATED, "Unauthorized", "Who?")
                                .asException()),
                List.of(new ImageFamily(
                        postgres.database(),
                        bytes,
                        sweep,
                        new UploadRoom(spool, ImageLimits.USUAL, true, () -> 1L << 40),
                        ImageDepartures.UNHEARD,
                        InstantSource.system())));
        client = new ApiClient(server.address());
    }

    @AfterAll
    void stop() throws Exception {
        client.close();
        server.close();
        reconcilers.close();
        feed.close();
    }

    @Test
    void versionsAreAsRecorded() {
        assertLike("versions", client.send("GET", "/image", Map.of()));
        assertLike("versions", client.send("GET", "/image/", Map.of()));
        Answer all = client.send("GET", "/image/versions", Map.of());
        assertLike("all versions", all);
        assertThat(all.json().get("versions"))
                .hasSize(RecordedExchange.of("image", "all versions")
                        .body()
                        .get("versions")
                        .size());
        assertThat(all.json().at("/versions/0/links/0/href").asString()).isEqualTo(client.base() + "/image/v2/");
    }

    @Test
    void withoutATokenNothingIsShown() {
        Answer answer = client.send("GET", "/image/v2/images", Map.of("Accept", "application/json"));

        assertLike("list without token", answer);
        assertThat(answer.json())
                .isEqualTo(RecordedExchange.of("image", "list without token").body());
        assertThat(answer.headers())
                .containsEntry("WWW-Authenticate", "Keystone uri=\"" + client.base() + "/identity\"");
    }

    @Test
    void unknownPathsAndImagesAreNotFoundInBothForms() {
        Answer json = send("demo", "GET", "/v2/nothing", Map.of("Accept", "application/json"), "");
        assertThat(json.json())
                .isEqualTo(RecordedExchange.of("image", "no such path").body());
        Answer html = send("demo", "GET", "/v2/images/small", Map.of("Accept", "*/*"), "");
        assertThat(html.status()).isEqualTo(404);
        assertThat(html.headers()).containsEntry("Content-Type", "text/html; charset=UTF-8");
        assertThat(html.text())
                .isEqualTo(RecordedExchange.of("image", "no such image")
                        .body()
                        .get("_text")
                        .asString());
    }

    @Test
    void theSchemaNamesEveryAttributeThatAnImageHas() {
        JsonNode schema = send("demo", "GET", "/v2/schemas/image", Map.of(), "").json();
        Set<String> recorded = new TreeSet<>(RecordedExchange.of("image", "image schema")
                .body()
                .get("properties")
                .propertyNames());
        assertThat(recorded).containsAll(schema.get("properties").propertyNames());

        JsonNode image = create("admin", Map.of("name", "schema")).json();
        assertThat(schema.get("properties").propertyNames()).containsAll(image.propertyNames());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/schemas/images",
                "/v2/schemas/metadefs/namespace",
                "/v2/schemas/metadefs/namespaces",
                "/v2/schemas/metadefs/resource_type",
                "/v2/metadefs/namespaces",
                "/v2/info/import",
                "/v2/info/stores"
            })
    void whatClientsAskForBesideImagesIsThere(String path) {
        Answer answer = send("demo", "GET", path, Map.of(), "");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().isObject()).isTrue();
    }

    @Test
    void anImageIsCreatedUploadedChangedListedDownloadedAndDeletedAsRecorded() throws Exception {
        RecordedExchange recorded = RecordedExchange.of("image", "create");
        Answer created = send(
                "demo", "POST", "/v2/images", Map.of(), recorded.requestBody().toString());
        assertLike("create", created);
        String id = created.json().get("id").asString();
        assertThat(created.headers()).containsEntry("Location", client.base() + "/image/v2/images/" + id);
        assertThat(send("demo", "GET", "/v2/images/" + id + "/file", Map.of(), "")
                        .status())
                .isEqualTo(204);

        byte[] data = random(3 * (1 << 20) + 12_345);
        assertThat(upload("demo", id, data).status()).isEqualTo(204);

        Answer patched = send(
                "demo",
                "PATCH",
                "/v2/images/" + id,
                Map.of("Content-Type", PATCH),
                RecordedExchange.of("image", "patch").requestBody().toString());
        assertLike("patch", patched);
        JsonNode image = patched.json();
        assertThat(image.get("hw_vif_model").asString()).isEqualTo("virtio");
        assertThat(image.get("min_ram").asInt()).isEqualTo(512);
        assertThat(image.get("status").asString()).isEqualTo("active");
        assertThat(image.get("size").asLong()).isEqualTo(data.length);
        assertThat(image.get("virtual_size").asLong()).isEqualTo(data.length);
        assertThat(image.get("checksum").asString()).isEqualTo(hex("MD5", data));
        assertThat(image.get("os_hash_value").asString()).isEqualTo(hex("SHA-512", data));

        Answer listed = send("demo", "GET", "/v2/images?name=small", Map.of(), "");
        assertThat(listed.json().at("/images/0")).isEqualTo(image);
        assertThat(listed.json().get("first").asString()).isEqualTo("/v2/images?name=small");

        Answer downloaded = send("demo", "GET", "/v2/images/" + id + "/file", Map.of(), "");
        assertThat(downloaded.body()).isEqualTo(data);
        assertThat(downloaded.headers())
                .containsEntry("Content-MD5", hex("MD5", data))
                .containsEntry("Content-Type", BINARY)
                .containsEntry("Content-Length", Integer.toString(data.length));

        assertThat(send("demo", "DELETE", "/v2/images/" + id, Map.of(), "").status())
                .isEqualTo(204);
        assertThat(send("demo", "GET", "/v2/images/" + id, Map.of(), "").status())
                .isEqualTo(404);
        // Its bytes are removed piece by piece after the answer: the request does not wait for gigabytes.
        await().untilAsserted(() -> assertThat(allChunks(data.length)).isZero());
    }

    @Test
    void theListHasTheRecordedShape() {
        uploaded("admin", Map.of("name", "cirros", "visibility", "public"));

        JsonNode one =
                send("admin", "GET", "/v2/images?name=cirros", Map.of(), "").json();
        JsonNode recorded = RecordedExchange.of("image", "list").body();
        assertThat(one.propertyNames()).containsExactlyInAnyOrderElementsOf(recorded.propertyNames());
        assertThat(one.at("/images/0").propertyNames())
                .isSubsetOf(recorded.at("/images/0").propertyNames());
    }

    @Test
    void anImageThatIsNotWhatItClaimsIsRefusedAndLeavesNothing() {
        byte[] qcow = new QcowHeader(3, 1 << 30).image();
        byte[] withBackingFile = new QcowHeader(3, 1 << 30).backingFile(512).image();
        assertFormatRefused("raw", qcow, "claims the disk_format raw");
        assertFormatRefused("qcow2", random(65_536), "does not begin with a qcow2 header");
        assertFormatRefused("qcow2", withBackingFile, "backing file");
        assertFormatRefused("raw", new byte[0], "no bytes");
    }

    private void assertFormatRefused(String format, byte[] data, String reason) {
        String id = create("demo", Map.of("name", "liar", "disk_format", format))
                .json()
                .get("id")
                .asString();
        Answer refused = upload("demo", id, data);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains(reason);
        assertThat(send("demo", "GET", "/v2/images/" + id, Map.of(), "")
                        .json()
                        .get("status")
                        .asString())
                .isEqualTo("queued");
        assertThat(uploads(id)).isZero();
        // The same image takes an honest upload afterwards.
        byte[] honest = format.equals("raw") ? random(1000) : new QcowHeader(2, 1 << 20).image();
        assertThat(upload("demo", id, honest).status()).isEqualTo(204);
    }

    @Test
    void aQcowImageShowsTheSizeOfItsDisk() {
        String id =
                create("demo", Map.of("disk_format", "qcow2")).json().get("id").asString();
        assertThat(upload("demo", id, new QcowHeader(3, 7L << 30).image()).status())
                .isEqualTo(204);

        JsonNode image = send("demo", "GET", "/v2/images/" + id, Map.of(), "").json();
        assertThat(image.get("virtual_size").asLong()).isEqualTo(7L << 30);
        assertThat(image.get("size").asLong()).isEqualTo(4096);
        assertThat(image.get("name").isNull()).isTrue();
    }

    @Test
    void anUploadThatBreaksOffLeavesNothing() throws Exception {
        String id = create("demo", Map.of("name", "cut")).json().get("id").asString();
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.getOutputStream()
                    .write(("PUT /image/v2/images/" + id + "/file HTTP/1.1\r\nHost: cloud\r\nX-Auth-Token: demo\r\n"
                                    + "Content-Type: " + BINARY + "\r\nContent-Length: 100000\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(new byte[50_000]);
            socket.getOutputStream().flush();
            socket.shutdownOutput();
            // The listener answers or hangs up when it sees the end.
            socket.getInputStream().readAllBytes();
        }
        assertThat(send("demo", "GET", "/v2/images/" + id, Map.of(), "")
                        .json()
                        .get("status")
                        .asString())
                .isEqualTo("queued");
        assertThat(uploads(id)).isZero();
        try (Stream<Path> left = Files.list(spool)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void dataIsWrittenOnceAlsoWhenTwoUploadsMeet() throws Exception {
        String id = create("demo", Map.of("name", "race")).json().get("id").asString();
        List<Integer> statuses = new java.util.concurrent.CopyOnWriteArrayList<>();
        List<Thread> uploads = Stream.of(random(2_000_000), random(2_000_000))
                .map(data -> Thread.startVirtualThread(
                        () -> statuses.add(upload("demo", id, data).status())))
                .toList();
        for (Thread upload : uploads) {
            upload.join();
        }
        assertThat(statuses).containsExactlyInAnyOrder(204, 409);
        assertThat(upload("demo", id, random(10)).status()).isEqualTo(409);
        byte[] data =
                send("demo", "GET", "/v2/images/" + id + "/file", Map.of(), "").body();
        assertThat(hex("MD5", data))
                .isEqualTo(send("demo", "GET", "/v2/images/" + id, Map.of(), "")
                        .json()
                        .get("checksum")
                        .asString());
    }

    @Test
    void badAttributesAreRefusedByName() {
        Map<String, String> wrong = Map.of(
                "{\"disk_format\":\"vmdk\"}", "disk_format",
                "{\"container_format\":\"ova\"}", "container_format",
                "{\"visibility\":\"secret\"}", "visibility",
                "{\"min_ram\":-1}", "min_ram",
                "{\"min_disk\":\"big\"}", "min_disk",
                "{\"protected\":\"yes\"}", "protected",
                "{\"tags\":\"one\"}", "tags",
                "{\"os_distro\":7}", "os_distro",
                "{\"id\":\"seven\"}", "id");
        wrong.forEach((body, attribute) -> {
            Answer answer = send("admin", "POST", "/v2/images", Map.of("Accept", "application/json"), body);
            assertThat(answer.status()).as(body).isEqualTo(400);
            assertThat(answer.json().get("message").asString()).contains("'" + attribute + "'");
            assertThat(answer.json().get("code").asString()).isEqualTo("400 Bad Request");
        });
        assertThat(send("admin", "POST", "/v2/images", Map.of(), "{\"status\":\"active\"}")
                        .status())
                .isEqualTo(403);
        assertThat(send("admin", "POST", "/v2/images", Map.of(), "{\"name\":").status())
                .isEqualTo(400);
    }

    @Test
    void uploadsNeedFormatsAndTheRightMediaType() {
        String id = send("demo", "POST", "/v2/images", Map.of(), "{\"name\":\"formless\"}")
                .json()
                .get("id")
                .asString();
        Answer formless = upload("demo", id, random(10));
        assertThat(formless.status()).isEqualTo(400);
        assertThat(formless.text()).contains("disk_format, container_format must be set");
        assertThat(send("demo", "PUT", "/v2/images/" + id + "/file", Map.of("Content-Type", "text/plain"), "x")
                        .status())
                .isEqualTo(415);
        // As everywhere, an entity that does not say what it is counts as JSON.
        assertThat(send("demo", "PUT", "/v2/images/" + id + "/file", Map.of("Content-Type", ""), "x")
                        .status())
                .isEqualTo(415);
    }

    @Test
    void identifiersCanBeChosenOnce() {
        String id = "0ddba11e-0000-4000-8000-000000000001";
        assertThat(create("demo", Map.of("id", id)).json().get("id").asString()).isEqualTo(id);
        assertThat(create("demo", Map.of("id", id)).status()).isEqualTo(409);
    }

    @Test
    void whatIsNoWholeUuidNamesNoImage() {
        create("demo", Map.of("id", "00000001-0001-0001-0001-000000000001"));

        assertThat(create("demo", Map.of("id", "1-1-1-1-2")).status()).isEqualTo(400);
        assertThat(send("demo", "GET", "/v2/images/1-1-1-1-1", Map.of(), "").status())
                .isEqualTo(404);
    }

    @Test
    void projectsAreKeptApart() {
        String own = uploaded("demo", Map.of("name", "own"));
        String open = uploaded("admin", Map.of("name", "open", "visibility", "public"));
        String community = uploaded("demo", Map.of("name", "community", "visibility", "community"));

        assertThat(send("other", "GET", "/v2/images/" + own, Map.of(), "").status())
                .isEqualTo(404);
        assertThat(send("other", "GET", "/v2/images/" + own + "/file", Map.of(), "")
                        .status())
                .isEqualTo(404);
        assertThat(send("other", "DELETE", "/v2/images/" + own, Map.of(), "").status())
                .isEqualTo(404);
        assertThat(send("other", "GET", "/v2/images/" + open, Map.of(), "").status())
                .isEqualTo(200);
        assertThat(send("other", "DELETE", "/v2/images/" + open, Map.of(), "").status())
                .isEqualTo(403);
        assertThat(send("other", "GET", "/v2/images/" + community, Map.of(), "").status())
                .isEqualTo(200);
        assertThat(names("other", "")).contains("open").doesNotContain("own", "community");
        assertThat(names("other", "?visibility=community")).contains("community");
        assertThat(names("guest", "")).contains("own", "open");
        assertThat(create("guest", Map.of("name", "no")).status()).isEqualTo(403);
        assertThat(send("guest", "DELETE", "/v2/images/" + own, Map.of(), "").status())
                .isEqualTo(403);
        assertThat(create("demo", Map.of("visibility", "public")).status()).isEqualTo(403);
        assertThat(patch("demo", own, "[{\"op\":\"replace\",\"path\":\"/visibility\",\"value\":\"public\"}]")
                        .status())
                .isEqualTo(403);
        assertThat(patch("demo", own, "[{\"op\":\"replace\",\"path\":\"/owner\",\"value\":\"p3\"}]")
                        .status())
                .isEqualTo(403);
        assertThat(patch("admin", own, "[{\"op\":\"replace\",\"path\":\"/owner\",\"value\":\"p3\"}]")
                        .status())
                .isEqualTo(200);
        assertThat(send("other", "GET", "/v2/images/" + own, Map.of(), "").status())
                .isEqualTo(200);
    }

    @Test
    void patchesAddReplaceAndRemove() {
        String id = uploaded("demo", Map.of("name", "before", "os_distro", "debian"));
        JsonNode after = patch(
                        "demo",
                        id,
                        "[{\"op\":\"replace\",\"path\":\"/name\",\"value\":\"after\"},"
                                + "{\"op\":\"remove\",\"path\":\"/os_distro\"},"
                                + "{\"op\":\"add\",\"path\":\"/a~1b\",\"value\":\"slash\"},"
                                + "{\"op\":\"replace\",\"path\":\"/tags\",\"value\":[\"b\",\"a\",\"b\"]}]")
                .json();
        assertThat(after.get("name").asString()).isEqualTo("after");
        assertThat(after.has("os_distro")).isFalse();
        assertThat(after.get("a/b").asString()).isEqualTo("slash");
        assertThat(after.get("tags").toString()).isEqualTo("[\"a\",\"b\"]");

        Map<String, Integer> wrong = new HashMap<>();
        wrong.put("[{\"op\":\"remove\",\"path\":\"/nothing\"}]", 409);
        wrong.put("[{\"op\":\"replace\",\"path\":\"/nothing\",\"value\":\"x\"}]", 409);
        wrong.put("[{\"op\":\"remove\",\"path\":\"/name\"}]", 403);
        wrong.put("[{\"op\":\"replace\",\"path\":\"/size\",\"value\":1}]", 403);
        wrong.put("[{\"op\":\"replace\",\"path\":\"/id\",\"value\":\"x\"}]", 403);
        wrong.put("[{\"op\":\"replace\",\"path\":\"/disk_format\",\"value\":\"qcow2\"}]", 403);
        wrong.put("[{\"op\":\"move\",\"path\":\"/name\",\"value\":\"x\"}]", 400);
        wrong.put("[{\"op\":\"add\",\"path\":\"name\",\"value\":\"x\"}]", 400);
        wrong.put("[{\"op\":\"add\",\"path\":\"/a/b\",\"value\":\"x\"}]", 400);
        wrong.put("[{\"op\":\"add\",\"path\":\"/name\"}]", 400);
        wrong.put("[7]", 400);
        wrong.put("{}", 400);
        wrong.put("[", 400);
        wrong.forEach((body, status) ->
                assertThat(patch("demo", id, body).status()).as(body).isEqualTo(status));
        assertThat(send("demo", "PATCH", "/v2/images/" + id, Map.of("Content-Type", "application/json"), "[]")
                        .status())
                .isEqualTo(415);
        // A refused patch changed nothing, nor did the parts of it that were right.
        assertThat(patch(
                                "demo",
                                id,
                                "[{\"op\":\"replace\",\"path\":\"/name\",\"value\":\"half\"},{\"op\":\"remove\","
                                        + "\"path\":\"/nothing\"}]")
                        .status())
                .isEqualTo(409);
        assertThat(send("demo", "GET", "/v2/images/" + id, Map.of(), "").json()).isEqualTo(after);
    }

    @Test
    void tagsComeAndGo() {
        String id = uploaded("demo", Map.of("name", "tagged"));
        assertThat(send("demo", "PUT", "/v2/images/" + id + "/tags/blue", Map.of(), "")
                        .status())
                .isEqualTo(204);
        assertThat(send("demo", "PUT", "/v2/images/" + id + "/tags/red", Map.of(), "")
                        .status())
                .isEqualTo(204);
        assertThat(names("demo", "?tag=blue&tag=red")).containsExactly("tagged");
        assertThat(send("demo", "DELETE", "/v2/images/" + id + "/tags/blue", Map.of(), "")
                        .status())
                .isEqualTo(204);
        assertThat(send("demo", "DELETE", "/v2/images/" + id + "/tags/blue", Map.of(), "")
                        .status())
                .isEqualTo(404);
        assertThat(names("demo", "?tag=blue")).isEmpty();
    }

    @Test
    void listsAreFilteredSortedAndCutIntoPages() {
        for (String name : List.of("page-c", "page-a", "page-b")) {
            create("demo", Map.of("name", name, "set", "paged"));
        }
        assertThat(names("demo", "?set=paged&sort_key=name&sort_dir=asc"))
                .containsExactly("page-a", "page-b", "page-c");
        assertThat(names("demo", "?set=paged&sort=name:desc")).containsExactly("page-c", "page-b", "page-a");
        assertThat(names("demo", "?name=in:page-a,page-c&sort=name:asc")).containsExactly("page-a", "page-c");
        assertThat(names("demo", "?set=paged&status=active")).isEmpty();

        JsonNode first = send("demo", "GET", "/v2/images?set=paged&sort=name:asc&limit=2", Map.of(), "")
                .json();
        assertThat(first.get("images")).hasSize(2);
        JsonNode second =
                send("demo", "GET", first.get("next").asString(), Map.of(), "").json();
        assertThat(second.at("/images/0/name").asString()).isEqualTo("page-c");
        assertThat(second.has("next")).isFalse();
        assertThat(second.get("first").asString()).isEqualTo(first.get("first").asString());

        for (String wrong : List.of(
                "limit=-1",
                "limit=many",
                "marker=nothing",
                "sort_key=color",
                "sort=name:up",
                "os_hidden=perhaps",
                "visibility=odd")) {
            Answer answer = send("demo", "GET", "/v2/images?" + wrong, Map.of(), "");
            assertThat(answer.status()).as(wrong).isEqualTo(400);
            assertThat(answer.text())
                    .contains(wrong.substring(0, wrong.indexOf('=')).replace("sort=", "sort_dir"));
        }
    }

    @Test
    void pagesMeetNeitherTwiceNorNeverWhateverTheyAreSortedBy() {
        for (int number = 0; number < 7; number++) {
            create("demo", Map.of("name", "walk-" + number % 3, "set", "walked"));
        }
        for (String sort :
                List.of("name:asc", "name:desc,created_at:asc", "status:asc,name:desc", "size", "updated_at")) {
            List<String> seen = new java.util.ArrayList<>();
            String next = "/v2/images?set=walked&limit=2&sort=" + sort;
            while (!next.isEmpty()) {
                JsonNode page = send("demo", "GET", next, Map.of(), "").json();
                page.get("images").forEach(image -> seen.add(image.get("id").asString()));
                next = page.path("next").asString("");
            }
            assertThat(seen).as(sort).hasSize(7).doesNotHaveDuplicates();
        }
    }

    @Test
    void aMarkerThatIsGoneOrNotTheCallersIsRefused() {
        String foreign =
                create("other", Map.of("name", "foreign")).json().get("id").asString();
        String gone = create("demo", Map.of("name", "gone")).json().get("id").asString();
        send("demo", "DELETE", "/v2/images/" + gone, Map.of(), "");

        for (String marker : List.of(foreign, gone)) {
            Answer answer = send("demo", "GET", "/v2/images?marker=" + marker, Map.of(), "");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text()).contains("marker");
        }
    }

    @Test
    void listsAreFilteredByTimeAndByWhatIsKnownOfTheBytes() {
        String id = uploaded("demo", Map.of("name", "timed", "set", "timed", "min_ram", 77));
        JsonNode image = send("demo", "GET", "/v2/images/" + id, Map.of(), "").json();
        String created = image.get("created_at").asString();
        Map<String, Boolean> filters = new HashMap<>();
        filters.put("created_at=" + created, true);
        filters.put("created_at=eq:" + created, true);
        filters.put("created_at=neq:" + created, false);
        filters.put("created_at=gte:" + created, true);
        filters.put("created_at=lte:" + created, true);
        filters.put("created_at=gt:" + created, false);
        filters.put("created_at=lt:" + created, false);
        filters.put("created_at=gt:2014-12-09T00:00:00", true);
        filters.put("created_at=lt:2014-12-09", false);
        filters.put("updated_at=gt:2014-12-09T00:00:00%2B02:00", true);
        filters.put("updated_at=gt:2099-12-09T00:00:00%2B0200", false);
        filters.put("size_min=" + ((1 << 20) + 7), true);
        filters.put("size_min=" + ((1 << 20) + 8), false);
        filters.put("size_max=" + ((1 << 20) + 7), true);
        filters.put("size_max=9", false);
        filters.put("checksum=" + image.get("checksum").asString(), true);
        filters.put("checksum=0", false);
        filters.put("os_hash_algo=sha512", true);
        filters.put("min_ram=77", true);
        filters.put("min_ram=78", false);
        filters.put("id=in:" + id + ",nonsense", true);
        filters.put("id=nonsense", false);
        filters.put("name=in:%22timed%22,%22a,b%22", true);
        filters.put("member_status=all", true);
        filters.put("visibility=all", true);
        filters.put("owner=p2", true);
        filters.put("owner=p3", false);
        filters.forEach((filter, found) ->
                assertThat(names("demo", "?set=timed&" + filter)).as(filter).hasSize(found ? 1 : 0));
        for (String wrong : List.of(
                "created_at=yesterday", "updated_at=near:2014-12-09T00:00:00Z", "size_min=-1", "member_status=odd")) {
            assertThat(send("demo", "GET", "/v2/images?" + wrong, Map.of(), "").status())
                    .as(wrong)
                    .isEqualTo(400);
        }
    }

    @Test
    void communityImagesAreInListsOfAllThatCanBeSeen() {
        create("other", Map.of("name", "for the community", "visibility", "community"));

        assertThat(names("demo", "?name=for%20the%20community")).isEmpty();
        assertThat(names("demo", "?name=for%20the%20community&visibility=all")).hasSize(1);
        assertThat(names("demo", "?name=for%20the%20community&visibility=community"))
                .hasSize(1);
    }

    @Test
    void aPageOfLongPropertiesIsWrittenBatchByBatch() {
        for (int number = 0; number < 60; number++) {
            create("demo", Map.of("name", "heavy", "set", "heavy", "blob", "x".repeat(65_000)));
        }
        JsonNode page = send("demo", "GET", "/v2/images?set=heavy&limit=1000", Map.of(), "")
                .json();
        Set<String> ids = new TreeSet<>();
        page.get("images").forEach(image -> ids.add(image.get("id").asString()));
        assertThat(ids).hasSize(60);
        assertThat(page.has("next")).isFalse();
    }

    @Test
    void readersSeeImagesAndDoNotTakeTheirBytes() {
        String id = uploaded("demo", Map.of("name", "for readers"));
        assertThat(send("guest", "GET", "/v2/images/" + id, Map.of(), "").status())
                .isEqualTo(200);
        Answer refused = send("guest", "GET", "/v2/images/" + id + "/file", Map.of("Accept", "application/json"), "");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().get("message").asString())
                .startsWith("You are not authorized to complete download_image action.");
    }

    @Test
    void hiddenImagesAreListedOnlyOnDemand() {
        create("demo", Map.of("name", "out of sight", "os_hidden", true));

        assertThat(names("demo", "")).doesNotContain("out of sight");
        assertThat(names("demo", "?os_hidden=True")).contains("out of sight");
    }

    @Test
    void aProtectedImageStays() {
        String id = uploaded("demo", Map.of("name", "keep", "protected", true));
        Answer refused = send("demo", "DELETE", "/v2/images/" + id, Map.of(), "");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text())
                .contains("is protected and cannot be deleted")
                .contains("openstack image set --unprotected " + id);

        patch("demo", id, "[{\"op\":\"replace\",\"path\":\"/protected\",\"value\":false}]");
        assertThat(send("demo", "DELETE", "/v2/images/" + id, Map.of(), "").status())
                .isEqualTo(204);
    }

    @Test
    void anImageStaysWhileAServerIsBuiltFromIt() {
        String id = uploaded("demo", Map.of("name", "building"));
        postgres.database().jdbi().useHandle(handle -> beginServer(handle, id));
        Answer refused = send("demo", "DELETE", "/v2/images/" + id, Map.of(), "");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text()).contains("a server is being built from it");

        postgres.database().jdbi().useHandle(handle -> handle.execute("update server set status = 'ACTIVE'"));
        assertThat(send("demo", "DELETE", "/v2/images/" + id, Map.of(), "").status())
                .isEqualTo(204);
    }

    @Test
    void aDeleteWaitsForABootThatHasSeenTheImage() throws Exception {
        String id = uploaded("demo", Map.of("name", "wanted"));
        ImageStore store = new ImageStore();
        FutureTask<Answer> delete = new FutureTask<>(() -> send("demo", "DELETE", "/v2/images/" + id, Map.of(), ""));

        postgres.database().jdbi().useTransaction(handle -> {
            assertThat(store.findAndKeep(handle, OF_ADMIN, ImageId.parse(id))).isPresent();
            Thread.startVirtualThread(delete);
            await().until(() -> handle.createQuery("select exists (select from pg_locks where not granted)")
                    .mapTo(boolean.class)
                    .one());
            beginServer(handle, id);
        });

        assertThat(delete.get().status()).isEqualTo(409);
        postgres.database().jdbi().useHandle(handle -> handle.execute("update server set status = 'ACTIVE'"));
    }

    private static void beginServer(Handle handle, String image) {
        handle.createUpdate("insert into server (id, project_id, user_id, name, hostname,"
                        + " status, image_id, flavor_id, flavor_name, vcpus, memory_mib, disk_gib, image_facts,"
                        + " reservation_id) values (gen_random_uuid(), 'p2', 'u2', 'vm', 'vm', 'BUILD',"
                        + " cast(:image as uuid), '1', 'm1', 1, 512, 1, '{}', 'r-1')")
                .bind("image", image)
                .execute();
    }

    @Test
    void aDeactivatedImageIsReadByAdminsOnlyUntilItIsReactivated() {
        String id = uploaded("demo", Map.of("name", "suspect"));
        String queued = create("demo", Map.of("name", "empty")).json().get("id").asString();

        assertThat(act("demo", id, "deactivate")).isEqualTo(403);
        assertThat(act("other", id, "deactivate")).isEqualTo(403);
        assertThat(act("admin", queued, "deactivate")).isEqualTo(400);
        assertThat(act("admin", id, "deactivate")).isEqualTo(204);
        assertThat(act("admin", id, "deactivate")).isEqualTo(204);

        JsonNode shown = send("demo", "GET", "/v2/images/" + id, Map.of(), "").json();
        assertThat(shown.get("status").asString()).isEqualTo("deactivated");
        assertThat(shown.get("size").asLong()).isEqualTo((1 << 20) + 7);
        assertThat(names("demo", "?status=deactivated")).containsExactly("suspect");
        Answer refused = send("demo", "GET", "/v2/images/" + id + "/file", Map.of(), "");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text()).contains("The requested image has been deactivated.");
        assertThat(send("admin", "GET", "/v2/images/" + id + "/file", Map.of(), "")
                        .status())
                .isEqualTo(200);
        assertThat(upload("demo", id, random(10)).status()).isEqualTo(409);
        assertThat(patch("demo", id, "[{\"op\":\"replace\",\"path\":\"/disk_format\",\"value\":\"qcow2\"}]")
                        .status())
                .isEqualTo(403);

        assertThat(act("admin", id, "reactivate")).isEqualTo(204);
        assertThat(send("demo", "GET", "/v2/images/" + id + "/file", Map.of(), "")
                        .status())
                .isEqualTo(200);
    }

    private int act(String caller, String id, String action) {
        return send(caller, "POST", "/v2/images/" + id + "/actions/" + action, Map.of(), "")
                .status();
    }

    @Test
    void propertiesAndTagsAreBounded() {
        Map<String, Object> many = new HashMap<>();
        for (int number = 0; number < 129; number++) {
            many.put("property" + number, "x");
        }
        assertThat(create("demo", many).status()).isEqualTo(413);
        assertThat(create("demo", Map.of("long", "x".repeat(65_537))).status()).isEqualTo(413);
        assertThat(create("demo", Map.of("long", "x".repeat(60_000))).status()).isEqualTo(201);
        assertThat(create("demo", Map.of("x".repeat(256), "x")).status()).isEqualTo(400);
        assertThat(create(
                                "demo",
                                Map.of(
                                        "tags",
                                        java.util.stream.IntStream.range(0, 129)
                                                .mapToObj(number -> "tag" + number)
                                                .toList()))
                        .status())
                .isEqualTo(413);
        for (Map<String, Object> nul : List.<Map<String, Object>>of(
                Map.of("name", "a\0b"),
                Map.of("os_distro", "a\0b"),
                Map.of("a\0b", "x"),
                Map.of("tags", List.of("\0")))) {
            assertThat(create("demo", nul).status()).as(nul.toString()).isEqualTo(400);
        }
        assertThat(send("demo", "GET", "/v2/images?name=%00", Map.of(), "").status())
                .isEqualTo(400);
    }

    @Test
    void agentsGetWholeImagesOrAnError() throws Exception {
        ImageStore store = new ImageStore();
        ImageId id = ImageId.parse(uploaded("demo", Map.of("name", "for agents")));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        bytes.writeTo(id, out);
        ImageRecord image = postgres.database()
                .jdbi()
                .withHandle(handle -> store.find(handle, id))
                .orElseThrow();
        assertThat(hex("SHA-512", out.toByteArray()))
                .isEqualTo(image.content().orElseThrow().sha512());
        assertThat(image.name()).contains("for agents");
        assertThat(image.diskFormat()).contains(DiskFormat.RAW);

        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.createUpdate("delete from image_chunk c using image_upload u"
                                + " where u.id = c.upload_id and u.image_id = :id and c.number = 1")
                        .bind("id", id.value())
                        .execute());
        assertThatThrownBy(() -> bytes.writeTo(id, new ByteArrayOutputStream()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("was deleted while it was read");
        assertThatThrownBy(() -> bytes.writeTo(ImageId.random(), new ByteArrayOutputStream()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has no bytes");
    }

    private void assertLike(String name, Answer answer) {
        RecordedExchange recorded = RecordedExchange.of("image", name);
        assertThat(answer.status()).isEqualTo(recorded.status());
        assertThat(answer.headers()).containsKeys(recorded.headers().keySet().toArray(String[]::new));
        assertThat(RecordedExchange.shapeOf(answer.json())).isEqualTo(recorded.shape());
    }

    private Answer create(String caller, Map<String, Object> attributes) {
        Map<String, Object> all = new HashMap<>(Map.of("disk_format", "raw", "container_format", "bare"));
        all.putAll(attributes);
        return send(
                caller, "POST", "/v2/images", Map.of(), org.sluice.controller.http.Json.MAPPER.writeValueAsString(all));
    }

    private String uploaded(String caller, Map<String, Object> attributes) {
        String id = create(caller, attributes).json().get("id").asString();
        assertThat(upload(caller, id, random((1 << 20) + 7)).status()).isEqualTo(204);
        return id;
    }

    private Answer upload(String caller, String id, byte[] data) {
        return client.send(
                "PUT",
                "/image/v2/images/" + id + "/file",
                Map.of("X-Auth-Token", caller, "Content-Type", BINARY),
                data);
    }

    private Answer patch(String caller, String id, String body) {
        return send(caller, "PATCH", "/v2/images/" + id, Map.of("Content-Type", PATCH), body);
    }

    private Answer send(String caller, String method, String path, Map<String, String> headers, String body) {
        Map<String, String> all = new HashMap<>(headers);
        all.put("X-Auth-Token", caller);
        return client.send(method, "/image" + path, all, body);
    }

    private List<String> names(String caller, String query) {
        return send(caller, "GET", "/v2/images" + query, Map.of(), "")
                .json()
                .get("images")
                .valueStream()
                .map(image -> image.get("name").asString(""))
                .toList();
    }

    private static int uploads(String id) {
        return postgres.database()
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select count(*) from image_upload where image_id = cast(:id as uuid)")
                        .bind("id", id)
                        .mapTo(Integer.class)
                        .one());
    }

    /** Pieces of whatever ends like an image of that size. */
    private static int allChunks(int size) {
        return postgres.database()
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from image_chunk where length(data) = :last")
                        .bind("last", size % (1 << 20))
                        .mapTo(Integer.class)
                        .one());
    }

    private static byte[] random(int size) {
        byte[] data = new byte[size];
        new Random(size).nextBytes(data);
        return data;
    }

    private static String hex(String algorithm, byte[] data) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(data));
    }
}
