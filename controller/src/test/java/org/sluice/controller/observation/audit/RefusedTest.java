package org.sluice.controller.observation.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a refusal was about, as far as its route says it plainly. */
class RefusedTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            emptyValue = "",
            value = {
                "POST   | /identity/v3/users | /identity/v3/users | create | user | ''",
                "DELETE | /identity/v3/users/{id} | /identity/v3/users/u1 | delete | user | u1",
                "PATCH  | /identity/v3/users/{id} | /identity/v3/users/u1 | update | user | u1",
                "PUT    | /network/v2.0/security-groups/{id} | /network/v2.0/security-groups/g1 | update | security_group | g1",
                "POST   | /compute/v2.1/os-aggregates/{id}/action add_host | /compute/v2.1/os-aggregates/7/action | update | aggregate | 7",
                "PUT    | /identity/v3/projects/{project}/users/{user}/roles/{role} | /identity/v3/projects/p/users/u/roles/r | '' | '' | ''",
                "DELETE | /identity/v3/projects/{id}/tags | /identity/v3/projects/p/tags | '' | '' | ''",
                "PUT    | /compute/v2.1/os-services/disable | /compute/v2.1/os-services/disable | '' | '' | ''",
            })
    void itIsAboutTheThingOfItsRoute(
            String method, String route, String path, String operation, String type, String id) {
        assertThat(Refused.Thing.of(method, route, path)).isEqualTo(new Refused.Thing(operation, type, id));
    }
}
