package org.sluice.controller.fleet.refusal;

import org.sluice.controller.http.view.View;
import org.sluice.model.protocol.DriverRefusal;

/** What drivers refused, as the API has it. */
final class RefusalWire {
    static final View<DriverRefusal> VIEW = View.<DriverRefusal>of("refusal", "refusals")
            .member("card", DriverRefusal::key)
            .member("vendor_id", DriverRefusal::vendorId)
            .member("device_id", DriverRefusal::deviceId)
            .member("driver", DriverRefusal::driver)
            .member("module_version", DriverRefusal::moduleVersion)
            .member("firmware", DriverRefusal::firmware)
            .member("eswitch_mode", DriverRefusal::eswitchMode)
            .member("attribute", DriverRefusal::attribute)
            .member("errno", DriverRefusal::errno)
            .member("learned_at", refusal -> refusal.learnedAt().toString())
            .member("age_seconds", DriverRefusal::ageSeconds)
            .member("forgotten_in_seconds", DriverRefusal::forgottenInSeconds)
            .build();

    private RefusalWire() {}
}
