// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Optional;
import storage.dory.plugin.JsonFault;

/**
 * What {@code <driver>.json} says, with the original Dory's defaults and coercions: each key that
 * cannot be understood falls back alone, a file that cannot be read is as one that is not there.
 *
 * @param log where calls are logged
 * @param plugin socket path or name of the plugin; empty: the plugin of the driver's name
 * @param createVolumes whether a volume that does not exist is created on mount
 * @param stripKubernetes whether kubelet's own options are kept from the plugin
 * @param supportsCapabilities read and shown; no call of ours needs the plugin's Capabilities
 * @param enable16 whether the driver's {@code init} leaves out the capabilities; it reads that
 * @param sizes for the provisioner; read and shown
 * @param asked what the original does not know
 * @param found what was found in the file
 */
public record DriverSettings(
    Log log,
    Optional<String> plugin,
    boolean createVolumes,
    boolean stripKubernetes,
    boolean supportsCapabilities,
    boolean enable16,
    Sizes sizes,
    Asked asked,
    Found found) {

  /**
   * The log file of calls.
   *
   * @param path empty: none is named
   * @param debug whether lines of level Debug are written too
   */
  public record Log(Optional<String> path, boolean debug) {
    /** The original's file, where none is named. */
    public static final String DEFAULT_PATH = "/var/log/dory.log";
  }

  /**
   * How sizes are said to the plugin.
   *
   * @param options names of the options that carry one
   * @param factor bytes a unit
   */
  public record Sizes(List<String> options, long factor) {
    static final List<String> DEFAULT_OPTIONS = List.of("size", "sizeInGiB");
    static final long DEFAULT_FACTOR = 1L << 30;

    public Sizes {
      options = List.copyOf(options);
    }
  }

  /**
   * What is to be done about a volume that is mounted.
   *
   * @param selinuxRelabel whether its root gets the label of containers' files, under SELinux
   * @param fsTypeOption the plugin's option for the PV's fsType; then a volume with another
   *     filesystem is refused. Empty: the PV's fsType means nothing
   */
  public record Asked(boolean selinuxRelabel, Optional<String> fsTypeOption) {}

  /**
   * How the file was understood.
   *
   * @param overridden whether at least one value is the file's
   * @param problems keys that are absent or could not be understood, a line each
   * @param unreadable why no key could be looked for; then there are no problems
   */
  public record Found(boolean overridden, List<String> problems, Optional<String> unreadable) {
    public Found {
      problems = List.copyOf(problems);
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The settings in a file's text; trailing text after the first JSON value is ignored. */
  public static DriverSettings of(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      return node.isObject()
          ? read(node, Optional.empty())
          : unreadable(node.isMissingNode() ? "EOF" : "the first value is not a JSON object");
    } catch (JsonProcessingException e) {
      return unreadable(JsonFault.of(e));
    }
  }

  /** The defaults, for a file that cannot be read. */
  public static DriverSettings unreadable(String why) {
    return read(JsonNodeFactory.instance.objectNode(), Optional.of(why));
  }

  private static DriverSettings read(JsonNode object, Optional<String> unreadable) {
    SettingsReader reader = new SettingsReader(object);
    Optional<String> path = reader.text(SettingKey.LOG_FILE_PATH);
    Optional<String> plugin = reader.text(SettingKey.PLUGIN);
    boolean debug = reader.bool(SettingKey.LOG_DEBUG, false);
    boolean capabilities = reader.bool(SettingKey.SUPPORTS_CAPABILITIES, true);
    boolean strip = reader.bool(SettingKey.STRIP_KUBERNETES, true);
    boolean create = reader.bool(SettingKey.CREATE_VOLUMES, true);
    List<String> sizeOptions = reader.list(SettingKey.SIZE_OPTIONS, Sizes.DEFAULT_OPTIONS);
    long factor = reader.number(SettingKey.CONVERSION_FACTOR, Sizes.DEFAULT_FACTOR);
    boolean enable16 = reader.bool(SettingKey.ENABLE_16, false);
    SettingsReader ours = reader.withoutTelling();
    Asked asked =
        new Asked(
            ours.bool(SettingKey.SELINUX_RELABEL, true), ours.text(SettingKey.FS_TYPE_OPTION));
    return new DriverSettings(
        new Log(path, debug),
        plugin,
        create,
        strip,
        capabilities,
        enable16,
        new Sizes(sizeOptions, factor),
        asked,
        new Found(
            reader.anyTaken(), unreadable.isPresent() ? List.of() : reader.problems(), unreadable));
  }
}
