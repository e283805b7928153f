// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.volume;

import java.util.Map;
import java.util.TreeMap;
import storage.dory.kit.request.Request.Provision;

/** What the plugin is told at VolumeDriver.Create: the class's options and the size. */
public final class CreateOptions {
  private static final String VOLUME = "${pv-name}";

  /** Options by name, {@code ${pv-name}} in a value replaced by the volume's name. */
  public Map<String, String> of(Provision request) {
    Map<String, String> options = new TreeMap<>();
    request
        .options()
        .forEach(
            (name, value) -> options.put(name, value.replace(VOLUME, request.volume().value())));
    request.sizeOption().ifPresent(size -> options.put(size.name(), size.valueOf(request.size())));
    return options;
  }
}
