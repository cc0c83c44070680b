package org.sluice.agent.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sluice.agent.TestServers;
import org.sluice.agent.host.SegmentServices.Client;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.FixedAddress;

class DhcpConfigurationTest {
    private static Client client(String mac, String address) {
        DesiredInterface.Bridge nic = TestServers.bridge(PortId.random(), mac, address, "up0");
        return new Client(nic, TestServers.server(ServerId.random(), TestServers.image(), List.of(nic)));
    }

    private static String text(DesiredInterface.ServicePort service, Client... clients) {
        return new DhcpConfiguration("serve0", service, 1450, List.of(clients)).text(Path.of("/d"));
    }

    @Test
    void answersNamedClientsAndNobodyElse() {
        Client client = client("fa:16:3e:00:00:10", "10.0.0.10");

        assertThat(text(client.nic().services().orElseThrow(), client))
                .contains("dhcp-ignore=tag:!known\n")
                .contains("dhcp-host=fa:16:3e:00:00:10,10.0.0.10,vm00\n")
                .contains("dhcp-range=set:subnet0,10.0.0.0,static,255.255.255.0,86400s\n")
                .contains("dhcp-option=option:mtu,1450\n");
    }

    @Test
    void repeatsTheDefaultRouteBesideTheOneToMetadata() {
        Client client = client("fa:16:3e:00:00:10", "10.0.0.10");

        assertThat(text(client.nic().services().orElseThrow(), client))
                .contains("option:classless-static-route,169.254.169.254/32,10.0.0.2,0.0.0.0/0,10.0.0.1\n")
                .contains("option:router,10.0.0.1\n")
                .contains("option:dns-server,10.0.0.53\n");
    }

    @Test
    void neverNamesItselfAsRouterOrNameServer() {
        FixedAddress bare = new FixedAddress("10.0.0.2", "10.0.0.0/24", Optional.empty(), List.of(), List.of(), true);
        Client client = client("fa:16:3e:00:00:10", "10.0.0.10");
        DesiredInterface.ServicePort service =
                new DesiredInterface.ServicePort(PortId.random(), client.mac(), List.of(bare));

        assertThat(text(service, client))
                .contains("option:router\n")
                .contains("option:dns-server\n")
                .contains("option:classless-static-route,169.254.169.254/32,10.0.0.2\n");
    }
}
