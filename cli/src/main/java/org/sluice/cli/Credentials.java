package org.sluice.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Json;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * How to log in: the password that was generated for the {@code admin} user, and the two files in which OpenStack's clients
 * look for it. Only their owner reads them.
 *
 * @param password of the user admin in the project admin
 */
record Credentials(String password) {
    private static final int PASSWORD_BYTES = 16;

    /**
     * The password of this data directory, generated at the first start and kept.
     *
     * @throws ProblemException when the file is there and empty: whoever made the cloud would get a user admin whom anybody is
     */
    static Credentials of(DataDirectory data) throws IOException {
        Path file = data.adminPassword();
        if (!Files.exists(file)) {
            DataDirectory.writeSecret(file, newPassword() + "\n");
        }
        String kept = Files.readString(file).strip();
        if (kept.isEmpty()) {
            throw new Problem(
                            Problem.Kind.UNAVAILABLE,
                            "NoPassword",
                            "The file " + file + " is empty and must hold the password of the user admin.",
                            Optional.of("Set a new one with: sluice admin-password --data " + data.path()
                                    + "; or, if no cloud was made yet, delete the file."))
                    .asException();
        }
        return new Credentials(kept);
    }

    /** A password that nobody guesses: 128 random bits. */
    static String newPassword() {
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** Keeps this password in the data directory instead of the one before, also for clients. */
    void replace(DataDirectory data) throws IOException {
        DataDirectory.writeSecret(data.adminPassword(), password + "\n");
        if (Files.exists(data.openrc())) {
            Map<String, String> known = Login.variables(Files.readAllLines(data.openrc()));
            @Nullable String url = known.get("OS_AUTH_URL");
            if (url != null) {
                write(data, new Entrance(url, Login.authorities(known)), true);
            }
        }
    }

    /** Whether the user {@code admin} of the cloud at that base URL can log in with it. */
    boolean open(String base, HttpClient http) throws InterruptedException {
        try {
            CloudClient _ = new CloudClient(Login.ofAdmin(base, password), http);
            return true;
        } catch (ProblemException refused) {
            if (refused.problem().kind() == Problem.Kind.UNAUTHENTICATED) {
                return false;
            }
            throw refused;
        }
    }

    /**
     * Where clients log in.
     *
     * @param identityUrl of the identity API, {@code http://127.0.0.1:8774/identity/v3}
     * @param authorities PEM file of the certificates that they must trust beside those they know
     */
    record Entrance(String identityUrl, Optional<Path> authorities) {
        Entrance {
            requireNonNull(identityUrl, "identityUrl is null");
            requireNonNull(authorities, "authorities is null");
        }
    }

    /**
     * Writes {@code openrc} and {@code clouds.yaml} for a cloud.
     *
     * @param entrance where clients log in
     * @param known whether the password is in force; if not, the files leave it out, and clients ask for it
     */
    void write(DataDirectory data, Entrance entrance, boolean known) throws IOException {
        String note = "# The password of admin is another one now; set a new one with: sluice admin-password --data "
                + data.path();
        DataDirectory.writeSecret(
                data.openrc(),
                """
                export OS_AUTH_URL=%s
                export OS_IDENTITY_API_VERSION=3
                export OS_USERNAME=admin
                %s
                export OS_PROJECT_NAME=admin
                export OS_USER_DOMAIN_NAME=Default
                export OS_PROJECT_DOMAIN_NAME=Default
                export OS_REGION_NAME=RegionOne
                """.formatted(entrance.identityUrl(), known ? "export OS_PASSWORD=" + shell(password) : note)
                        + entrance.authorities()
                                .map(file -> "export OS_CACERT=" + shell(file.toString()) + "\n")
                                .orElse(""));
        DataDirectory.writeSecret(
                data.clouds(),
                """
                clouds:
                  sluice:
                    auth:
                      auth_url: %s
                      username: admin
                      %s
                      project_name: admin
                      user_domain_name: Default
                      project_domain_name: Default
                    region_name: RegionOne
                    identity_api_version: 3
                """.formatted(
                                        entrance.identityUrl(),
                                        known ? "password: " + Json.MAPPER.writeValueAsString(password) : note)
                        + entrance.authorities()
                                .map(file -> "    cacert: " + Json.MAPPER.writeValueAsString(file.toString()) + "\n")
                                .orElse(""));
    }

    /** As the shell takes it for one word; what was generated needs no quotes. */
    private static String shell(String text) {
        return text.matches("[A-Za-z0-9/._-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
