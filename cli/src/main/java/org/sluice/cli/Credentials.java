package org.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
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

    /** The password of this data directory, generated at the first start and kept. */
    static Credentials of(DataDirectory data) throws IOException {
        Path file = data.adminPassword();
        if (!Files.exists(file)) {
            DataDirectory.writeSecret(file, newPassword() + "\n");
        }
        return new Credentials(Files.readString(file).strip());
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
            @Nullable
            String url = Login.variables(Files.readAllLines(data.openrc())).get("OS_AUTH_URL");
            if (url != null) {
                write(data, url, true);
            }
        }
    }

    /** Whether the user {@code admin} of the cloud at that base URL can log in with it. */
    boolean open(String base) throws InterruptedException {
        try {
            CloudClient _ = new CloudClient(new Login(base, "admin", password, "admin"));
            return true;
        } catch (ProblemException refused) {
            if (refused.problem().kind() == Problem.Kind.UNAUTHENTICATED) {
                return false;
            }
            throw refused;
        }
    }

    /**
     * Writes {@code openrc} and {@code clouds.yaml} for a cloud at that identity URL.
     *
     * @param known whether the password is in force; if not, the files leave it out, and clients ask for it
     */
    void write(DataDirectory data, String identityUrl, boolean known) throws IOException {
        String note = "# The password of admin is another one now; set a new one with: sluice admin-password --data "
                + data.path();
        DataDirectory.writeSecret(
                data.openrc(), """
                export OS_AUTH_URL=%s
                export OS_IDENTITY_API_VERSION=3
                export OS_USERNAME=admin
                %s
                export OS_PROJECT_NAME=admin
                export OS_USER_DOMAIN_NAME=Default
                export OS_PROJECT_DOMAIN_NAME=Default
                export OS_REGION_NAME=RegionOne
                """.formatted(identityUrl, known ? "export OS_PASSWORD=" + shell(password) : note));
        DataDirectory.writeSecret(data.clouds(), """
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
                        identityUrl, known ? "password: " + Json.MAPPER.writeValueAsString(password) : note));
    }

    /** As the shell takes it for one word; what was generated needs no quotes. */
    private static String shell(String text) {
        return text.matches("[A-Za-z0-9]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
