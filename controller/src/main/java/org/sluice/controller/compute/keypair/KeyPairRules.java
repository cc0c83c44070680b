package org.sluice.controller.compute.keypair;

import java.util.Optional;
import java.util.regex.Pattern;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Target;
import org.sluice.controller.policy.Who;
import org.sluice.model.ProblemException;

/** Who may do what with key pairs, as Nova's policies say, and what a key pair may be called. */
final class KeyPairRules {
    static final Rule INDEX = Rule.of("os_compute_api:os-keypairs:index", Who.OWNER, "List a user's key pairs.");
    static final Rule SHOW = Rule.of("os_compute_api:os-keypairs:show", Who.OWNER, "Show a key pair.");
    static final Rule CREATE = Rule.of("os_compute_api:os-keypairs:create", Who.OWNER, "Create or import a key pair.");
    static final Rule DELETE = Rule.of("os_compute_api:os-keypairs:delete", Who.OWNER, "Delete a key pair.");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9 _-]{1,255}");
    /** 2.92 added the characters of mail addresses. */
    private static final Pattern NAME_FROM_92 = Pattern.compile("[A-Za-z0-9 _@.-]{1,255}");

    private KeyPairRules() {}

    /** Whose key pairs a request is about: the caller's, or from 2.10 on those of the user it names. */
    static String owner(Exchange exchange, Optional<String> asked) {
        String user = asked.orElse(exchange.caller().userId());
        exchange.require(Target.ofUser(user));
        return user;
    }

    static String name(Exchange exchange, String name) {
        boolean mail = exchange.atLeast(92);
        if (!(mail ? NAME_FROM_92 : NAME).matcher(name).matches() || !name.equals(name.strip())) {
            throw Problems.badRequest(
                    "InvalidKeypair",
                    "Keypair data is invalid: the name '" + name + "' may have letters, digits, hyphens, underscores"
                            + (mail ? ", dots, at signs" : "") + " and inner spaces.");
        }
        return name;
    }

    static SshPublicKey key(String text) {
        return SshPublicKey.parse(text)
                .orElseThrow(() -> Problems.badRequest(
                        "InvalidKeypair",
                        "Keypair data is invalid: failed to generate fingerprint; public_key must be one line in"
                                + " OpenSSH form: type, base64 and a comment."));
    }

    static ProblemException taken(String name) {
        return Problems.conflict("KeyPairExists", "Key pair '" + name + "' already exists.");
    }

    static ProblemException unknown(String user, String name) {
        return Problems.notFound("KeypairNotFound", "Keypair " + name + " not found for user " + user);
    }
}
