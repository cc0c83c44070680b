package org.sluice.controller.identity;

import java.util.List;
import org.sluice.controller.http.Absent;

/** What Keystone's reference (Identity API v3) has and this API has not. */
final class IdentityAbsences {
    private static final String GROUPS = "There are no groups: roles are given to users.";
    private static final String CATALOG = "The catalog has what answers here, and is made from that.";
    private static final String ROLES =
            "There are five roles, which the policy's rules name, and which imply one another as they always do.";
    private static final String CREDENTIALS = "Users have passwords and no other credentials.";
    private static final String FEDERATION =
            "Users are those of this cloud: there is no federation, OAuth or delegation.";
    private static final String LIMITS = "Quotas are those of the Compute API and the Network API.";

    static final List<Absent> ALL = List.of(
            new Absent("POST", "/v3/domains", "There is one domain, `default`."),
            new Absent("PATCH DELETE", "/v3/domains/{domain}", "There is one domain, `default`, and it stays."),
            Absent.any("/v3/domains/config...", "The domain has no configuration of its own."),
            Absent.any("/v3/domains/{domain}/config...", "The domain has no configuration of its own."),
            Absent.any("/v3/groups...", GROUPS),
            Absent.any("/v3/users/{user}/groups", GROUPS),
            Absent.any("/v3/domains/{domain}/groups...", GROUPS),
            Absent.any("/v3/projects/{project}/groups...", GROUPS),
            Absent.any("/v3/system/groups...", GROUPS),
            new Absent("POST", "/v3/services", CATALOG),
            new Absent("PATCH DELETE", "/v3/services/{service}", CATALOG),
            new Absent("POST", "/v3/endpoints", CATALOG),
            new Absent("PATCH DELETE", "/v3/endpoints/{endpoint}", CATALOG),
            new Absent("POST", "/v3/regions", CATALOG),
            new Absent("PUT PATCH DELETE", "/v3/regions/{region}", CATALOG),
            Absent.any("/v3/OS-EP-FILTER...", CATALOG),
            Absent.any("/v3/endpoints/{endpoint}/OS-ENDPOINT-POLICY...", CATALOG),
            new Absent("POST", "/v3/roles", ROLES),
            new Absent("PATCH DELETE", "/v3/roles/{role}", ROLES),
            Absent.any("/v3/roles/{role}/implies...", ROLES),
            Absent.any("/v3/role_inferences", ROLES),
            Absent.any("/v3/OS-INHERIT...", "Projects are not nested, so that there is nothing to inherit."),
            Absent.any("/v3/policies...", "Rules are changed by the operator's policy file."),
            Absent.any("/v3/limits...", LIMITS),
            Absent.any("/v3/registered_limits...", LIMITS),
            Absent.any("/v3/credentials...", CREDENTIALS),
            Absent.any("/v3/users/{user}/credentials...", CREDENTIALS),
            Absent.any("/v3/users/{user}/application_credentials...", CREDENTIALS),
            Absent.any("/v3/users/{user}/access_rules...", CREDENTIALS),
            Absent.any("/v3/ec2tokens", CREDENTIALS),
            Absent.any("/v3/s3tokens", CREDENTIALS),
            Absent.any("/v3/OS-TRUST...", FEDERATION),
            Absent.any("/v3/users/{user}/OS-OAUTH1...", FEDERATION),
            Absent.any("/v3/OS-OAUTH1...", FEDERATION),
            Absent.any("/v3/OS-OAUTH2...", FEDERATION),
            Absent.any("/v3/OS-FEDERATION...", FEDERATION),
            Absent.any("/v3/auth/OS-FEDERATION...", FEDERATION),
            Absent.any("/v3/OS-REVOKE...", "Whether a token is good is asked with `GET /v3/auth/tokens`."),
            Absent.any(
                    "/v3/auth/tokens/OS-PKI/revoked", "Whether a token is good is asked with `GET /v3/auth/tokens`."),
            Absent.any("/v2.0...", "Keystone has ended it."));

    private IdentityAbsences() {}
}
