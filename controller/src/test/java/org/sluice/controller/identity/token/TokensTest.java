package org.sluice.controller.identity.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sluice.controller.identity.SettableClock;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Scope;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

final class TokensTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static final Scope PROJECT = new Scope.Project("6163728b1cbe45f3a72fc2bb0cfab848", "admin");
    private static final String USER = "43f59b70c95747779f1aef376afc312c";

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T19:40:00Z"));
    private final Tokens tokens = new Tokens(postgres.database(), clock, new SecureRandom(), Tokens.USUAL_LIFE);

    @Test
    void aTokenSpeaksForItsUserInItsProject() {
        Caller caller = fresh().verify(issue().text());

        assertThat(caller)
                .isEqualTo(new Caller(
                        USER, "admin", "6163728b1cbe45f3a72fc2bb0cfab848", "admin", Set.of("admin", "member")));
    }

    @Test
    void aTokenIsCompact() {
        assertThat(issue().text()).hasSizeLessThan(512).matches("[A-Za-z0-9_.-]+");
    }

    @Test
    void aTokenOfAnotherControllerIsVerifiedAlsoWhenItsKeyIsNewer() {
        issue();
        Tokens here = fresh();
        here.verify(issue().text());
        clock.advance(SigningKeys.SIGNING_PERIOD.plusDays(1));
        String signedWithANewKey = issue().text();

        assertThat(here.verify(signedWithANewKey).userId()).isEqualTo(USER);
    }

    @Test
    void aKeyOfWhichEveryTokenHasEndedVerifiesNoMoreAndGoes() throws Exception {
        issue();
        SigningKeys keys = new SigningKeys(postgres.database(), clock, new SecureRandom());
        SigningKeys.Key leaked = keys.current();
        clock.advance(SigningKeys.SIGNING_PERIOD);
        assertThat(keys.find(leaked.id())).as("its last tokens are good").contains(leaked);
        clock.advance(Tokens.LONGEST_LIFE.plus(Revocations.SLACK));
        Instant now = clock.instant();
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue("ES256");
        signature.setKeyIdHeaderValue(leaked.id());
        signature.setKey(leaked.privateKey());
        signature.setPayload("{\"sub\":\"" + USER
                + "\",\"name\":\"admin\",\"roles\":[\"admin\"],\"amr\":[\"password\"],"
                + "\"jti\":[\"x\"],\"iat\":" + now.getEpochSecond() + ",\"exp\":" + (now.getEpochSecond() + 3_600)
                + "}");
        String forged = signature.getCompactSerialization();

        assertThat(keys.find(leaked.id())).isEmpty();
        assertRefused(tokens, forged);
        assertRefused(fresh(), forged);

        String own = issue().text();
        keys.deleteExpired();
        List<String> kept = postgres.database()
                .jdbi()
                .withHandle(handle -> handle.createQuery("select id from signing_key")
                        .mapTo(String.class)
                        .list());
        assertThat(kept).isNotEmpty().doesNotContain(leaked.id());
        assertThat(fresh().verify(own).userId()).isEqualTo(USER);
    }

    @Test
    void controllersThatStartTogetherShareOneKey() throws InterruptedException {
        try (Database another = postgres.another()) {
            List<Thread> controllers = List.of(postgres.database(), another).stream()
                    .map(database -> Thread.startVirtualThread(
                            () -> new SigningKeys(database, clock, new SecureRandom()).current()))
                    .toList();
            for (Thread controller : controllers) {
                controller.join();
            }
        }
        assertThat(new SigningKeys(postgres.database(), clock, new SecureRandom()).current())
                .isEqualTo(new SigningKeys(postgres.database(), clock, new SecureRandom()).current());
    }

    @Test
    void verifyingAKnownKeysTokenReadsNoDatabase() {
        String token = issue().text();
        Database gone = postgres.another();
        Tokens here = new Tokens(gone, clock, new SecureRandom(), Tokens.USUAL_LIFE);
        here.verify(token);
        String next = issue().text();
        gone.close();

        assertThat(here.verify(next).userId()).isEqualTo(USER);
    }

    @Test
    void anExpiredTokenIsRefusedAlsoWhenItWasSeenBefore() {
        String token = issue().text();
        tokens.verify(token);
        clock.advance(Tokens.USUAL_LIFE);

        assertRefused(tokens, token);
        assertRefused(fresh(), token);
    }

    @Test
    void aTokenLivesAsLongAsItWasSaid() {
        String token = issue(new Tokens(postgres.database(), clock, new SecureRandom(), Duration.ofMinutes(2)))
                .text();
        clock.advance(Duration.ofSeconds(119));
        assertThat(fresh().verify(token).userName()).isEqualTo("admin");
        clock.advance(Duration.ofSeconds(1));

        assertRefused(fresh(), token);
    }

    @Test
    void noTokenLivesLongerThanItsRevocationWould() {
        assertThatThrownBy(() ->
                        new Tokens(postgres.database(), clock, new SecureRandom(), Tokens.LONGEST_LIFE.plusSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTokenLastsUntilItsLastSecond() {
        String token = issue().text();
        clock.advance(Tokens.USUAL_LIFE.minus(Duration.ofSeconds(1)));

        assertThat(fresh().verify(token).userName()).isEqualTo("admin");
    }

    @Test
    void aTokenWithOtherClaimsUnderTheOldSignatureIsRefused() {
        String[] parts = issue().text().split("\\.");
        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        String forged = parts[0] + "." + base64(claims.replace("\"member\"", "\"reader\"")) + "." + parts[2];

        assertRefused(fresh(), forged);
    }

    @Test
    void aTokenSignedWithAStrangersKeyUnderOurKeysNameIsRefused() throws Exception {
        JsonWebSignature stranger = new JsonWebSignature();
        stranger.setAlgorithmHeaderValue("ES256");
        stranger.setKeyIdHeaderValue(keyId());
        stranger.setKey(EcJwkGenerator.generateJwk(EllipticCurves.P256).getPrivateKey());
        stranger.setPayload(payload());

        assertRefused(fresh(), stranger.getCompactSerialization());
    }

    @Test
    void otherAlgorithmsAreRefused() throws Exception {
        JsonWebSignature symmetric = new JsonWebSignature();
        symmetric.setAlgorithmHeaderValue("HS256");
        symmetric.setKeyIdHeaderValue(keyId());
        symmetric.setKey(new HmacKey(new byte[32]));
        symmetric.setPayload(payload());

        assertRefused(fresh(), symmetric.getCompactSerialization());
        assertRefused(
                fresh(), base64("{\"alg\":\"none\",\"kid\":\"" + keyId() + "\"}") + "." + base64(payload()) + ".");
    }

    @Test
    void whatIsNoTokenIsRefused() {
        for (String text : List.of("", "nonsense", "a.b.c", "gAAAAABrA0cfwdBUB2dd44", "x".repeat(100_000))) {
            assertRefused(tokens, text);
        }
    }

    /** What a stranger may write where our header says {@code {"alg":"ES256","kid":"0123456789ab"}}. */
    static List<String> headers() {
        return List.of(
                "{\"alg\":\"ES256\"}",
                "{\"alg\":\"ES256\",\"kid\":1}",
                "{\"alg\":\"ES256\",\"kid\":1e999}",
                "{\"alg\":\"ES256\",\"kid\":true}",
                "{\"alg\":\"ES256\",\"kid\":null}",
                "{\"alg\":\"ES256\",\"kid\":[]}",
                "{\"alg\":\"ES256\",\"kid\":[\"0123456789ab\"]}",
                "{\"alg\":\"ES256\",\"kid\":{\"a\":1}}",
                "{\"alg\":\"ES256\",\"kid\":\"\"}",
                "{\"alg\":\"ES256\",\"kid\":\"\\u0000\"}",
                "{\"alg\":\"ES256\",\"kid\":\"' or 1=1 --\"}",
                "{\"alg\":\"ES256\",\"kid\":\"0123456789ab\"}",
                "{\"alg\":\"ES256\",\"kid\":\"KID\",\"kid\":\"KID\"}",
                "{\"alg\":1,\"kid\":\"KID\"}",
                "{\"alg\":null,\"kid\":\"KID\"}",
                "{\"alg\":[\"ES256\"],\"kid\":\"KID\"}",
                "{\"alg\":{},\"kid\":\"KID\"}",
                "{\"kid\":\"KID\"}",
                "{\"alg\":\"ES256\",\"kid\":\"KID\",\"crit\":\"exp\"}",
                "{\"alg\":\"ES256\",\"kid\":\"KID\",\"crit\":1}",
                "{\"alg\":\"ES256\",\"kid\":\"KID\",\"crit\":[1]}",
                "{\"alg\":\"ES256\",\"kid\":\"KID\",\"crit\":{}}",
                "{\"alg\":\"ES256\",\"kid\":\"KID\",\"b64\":\"no\"}",
                "{\"alg\":\"ES256\",\"kid\":\"KID\",\"b64\":false}",
                "{\"alg\":\"ES256\",\"kid\":\"KID\",\"jwk\":1}",
                "{\"alg\":\"ES256\",\"kid\":\"KID\",\"jwk\":{\"kty\":7}}",
                "{\"alg\":\"ES256\",\"kid\":\"KID\",\"x5c\":7}",
                "{\"alg\":\"ES256\",\"kid\":" + "[".repeat(2_000),
                "{\"alg\":\"ES256\",\"kid\":" + "{\"a\":".repeat(500),
                "[]",
                "null",
                "7",
                "\"text\"",
                "",
                "{",
                "{}",
                "\u00ff\u0000");
    }

    @ParameterizedTest
    @MethodSource("headers")
    void aMalformedHeaderIsRefusedAndNeverAFailure(String header) {
        String[] parts = issue().text().split("\\.");
        Tokens here = fresh();

        assertRefused(here, base64(header.replace("KID", keyId())) + "." + parts[1] + "." + parts[2]);
        assertRefused(here, base64(header.replace("KID", keyId())) + "..");
        assertRefused(here, base64(header.replace("KID", keyId())) + "." + parts[1] + ".");
    }

    @Test
    void forgedKeyIdsReadTheDatabaseOnceASecondAtMost() {
        String token = issue().text();
        Database gone = postgres.another();
        Tokens here = new Tokens(gone, clock, new SecureRandom(), Tokens.USUAL_LIFE);
        here.verify(token);
        gone.close();

        for (int i = 0; i < 1_000; i++) {
            assertRefused(here, forgedKey("%012x".formatted(i)));
        }
        clock.advance(Duration.ofSeconds(1));
        assertThatThrownBy(() -> here.verify(forgedKey("0123456789ab")))
                .as("the one read of the next second, of a database that is not there")
                .isNotInstanceOf(ProblemException.class);
    }

    @Test
    void aKeyIdThatCannotBeOursReadsNoDatabase() {
        Database gone = postgres.another();
        gone.close();
        Tokens here = new Tokens(gone, clock, new SecureRandom(), Tokens.USUAL_LIFE);

        assertRefused(here, forgedKey("nobody"));
        assertRefused(here, forgedKey("0123456789AB"));
        assertRefused(here, forgedKey("x".repeat(1_000)));
    }

    @Test
    void aTokenOfBeforeTheRevocationsIsStillUnderstood() throws Exception {
        SigningKeys.Key key = new SigningKeys(postgres.database(), clock, new SecureRandom()).current();
        JsonWebSignature old = new JsonWebSignature();
        old.setAlgorithmHeaderValue("ES256");
        old.setKeyIdHeaderValue(key.id());
        old.setKey(key.privateKey());
        old.setPayload(payload().replaceAll(",\"rvp\":\\d+", ""));

        assertThat(fresh().read(old.getCompactSerialization()).marks()).isEqualTo(Token.Marks.of(0));
    }

    @Test
    void aTokenOfATokenEndsWithItAndContinuesItsAuditChain() {
        Tokens.Issued first = issue();
        clock.advance(Duration.ofMinutes(10));
        Token second =
                tokens.reissue(first.token(), new Scope.Nothing(), Set.of(), 0).token();

        assertThat(second.expiresAt()).isEqualTo(first.token().expiresAt());
        assertThat(second.auditIds())
                .hasSize(2)
                .endsWith(first.token().auditIds().getFirst());
        assertThat(second.methods()).containsExactly("password", "token");
        assertThat(second.caller().roles()).doesNotContain("member", "manager", "admin");
    }

    private Tokens.Issued issue() {
        return issue(tokens);
    }

    private static Tokens.Issued issue(Tokens issuer) {
        return issuer.issue(
                USER, "admin", PROJECT, Set.of("admin", "member"), List.of("password"), 1_795_376_400_072_000L);
    }

    /** Another controller: it has cached nothing. */
    private Tokens fresh() {
        return new Tokens(postgres.database(), clock, new SecureRandom(), Tokens.USUAL_LIFE);
    }

    private String forgedKey(String keyId) {
        String[] parts = issue().text().split("\\.");
        return base64("{\"alg\":\"ES256\",\"kid\":\"" + keyId + "\"}") + "." + parts[1] + "." + parts[2];
    }

    private String keyId() {
        String header =
                new String(Base64.getUrlDecoder().decode(issue().text().split("\\.")[0]), StandardCharsets.UTF_8);
        return header.replaceAll(".*\"kid\":\"([0-9a-f]+)\".*", "$1");
    }

    private String payload() {
        return new String(Base64.getUrlDecoder().decode(issue().text().split("\\.")[1]), StandardCharsets.UTF_8);
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertRefused(Tokens tokens, String token) {
        assertThatThrownBy(() -> tokens.verify(token)).isInstanceOfSatisfying(ProblemException.class, refusal -> {
            assertThat(refusal.problem().kind()).isEqualTo(Problem.Kind.UNAUTHENTICATED);
            assertThat(refusal.problem().text()).isEqualTo("The request you have made requires authentication.");
        });
    }
}
