// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.request;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import storage.dory.kit.request.Request.Delete;
import storage.dory.kit.request.Request.Expand;
import storage.dory.kit.request.Request.ListVolumes;
import storage.dory.kit.request.Request.Provision;
import storage.dory.plugin.Scope;
import storage.dory.plugin.VolumeName;

/** Understands properties as one request. Pure; finds every problem, not the first. */
public final class RequestReader {
  /** File of the token among the properties. */
  public static final String TOKEN = "service-token";

  private static final String PLUGIN = "docker-plugin";
  private static final String SIZE_OPTION = "docker-size-option";
  private static final String SIZE_UNIT = "docker-size-unit";
  private static final String SCOPE = "docker-scope";
  private static final String SOURCE = "data-source";

  /** Never an option of the plugin: those of every request, and the kit's own. */
  private static final Set<String> RESERVED =
      Set.of(
          "action",
          "pv-name",
          "pvc-name",
          "pvc-namespace",
          "pvc-uid",
          "size",
          "access-modes",
          "volume-mode",
          "fs-type",
          "storage-class",
          "reclaim-policy",
          "username",
          "groups",
          "service-account",
          TOKEN,
          "kube-api",
          "selected-node",
          SOURCE,
          SOURCE + "-name",
          SOURCE + "-pv-name",
          PLUGIN,
          SIZE_OPTION,
          SIZE_UNIT,
          SCOPE);

  /** The request that the properties make, or what is wrong with them. */
  public Understanding read(Properties properties) {
    Wanted wanted = new Wanted(properties);
    String action =
        wanted.oneOf("action", Set.of("provision", "delete", "expand", "list")).orElse("");
    if (action.equals("list")) {
      return understood(new ListVolumes(plugin(wanted), scope(wanted, properties)), wanted);
    }
    String volume = wanted.matching("pv-name", "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");
    VolumeName name = new VolumeName(volume.isEmpty() ? "unknown" : volume);
    Request request =
        switch (action) {
          case "provision" -> provision(name, wanted, properties);
          case "delete" -> new Delete(name, plugin(wanted));
          default -> new Expand(name);
        };
    return understood(request, wanted);
  }

  private static Understanding understood(Request request, Wanted wanted) {
    return wanted.problems().isEmpty()
        ? new Understanding.Clear(request)
        : new Understanding.Unclear(wanted.problems());
  }

  private static Provision provision(VolumeName name, Wanted wanted, Properties properties) {
    if (wanted.oneOf("volume-mode", Set.of("Filesystem", "Block"), "Filesystem").equals("Block")) {
      wanted.refuse("volume-mode", "Block is not possible with a FlexVolume, only Filesystem is");
    }
    if (properties.word(SOURCE).isPresent()) {
      wanted.refuse(
          SOURCE,
          "a Docker Volume Plugin makes empty volumes only: take provisioner.data-sources out of"
              + " the ConfigMap");
    }
    Map<String, String> options = options(properties);
    Optional<SizeOption> sizeOption = sizeOption(wanted, properties);
    sizeOption
        .filter(size -> options.containsKey(size.name()))
        .ifPresent(size ->
            wanted.refuse(SIZE_OPTION, "names " + size.name() + ", which is given as well"));
    return new Provision(
        name,
        plugin(wanted),
        new ClaimReference(
            wanted.required("pvc-namespace"),
            wanted.required("pvc-name"),
            wanted.matching("pvc-uid", "[A-Za-z0-9-]{1,128}")),
        wanted.positive("size"),
        wanted.accessModes("access-modes"),
        wanted.required("storage-class"),
        wanted.oneOf("reclaim-policy", Set.of("Delete", "Retain"), "Delete"),
        properties.word("fs-type"),
        sizeOption,
        scope(wanted, properties),
        options);
  }

  private static String plugin(Wanted wanted) {
    return wanted.matching(PLUGIN, "[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");
  }

  private static Optional<SizeOption> sizeOption(Wanted wanted, Properties properties) {
    boolean unitGiven = properties.word(SIZE_UNIT).isPresent();
    long unit = unitGiven ? wanted.positive(SIZE_UNIT) : 1;
    Optional<String> option = properties.word(SIZE_OPTION);
    if (option.isEmpty() && unitGiven) {
      wanted.refuse(SIZE_UNIT, "means nothing without " + SIZE_OPTION);
    }
    return option.map(name -> new SizeOption(name, unit));
  }

  private static Map<String, String> options(Properties properties) {
    Map<String, String> options = new TreeMap<>(properties.values());
    options.keySet().removeAll(RESERVED);
    return options;
  }

  private static Optional<Scope> scope(Wanted wanted, Properties properties) {
    return properties.word(SCOPE).isEmpty()
        ? Optional.empty()
        : wanted
            .oneOf(SCOPE, Set.of("local", "global"))
            .map(word -> word.equals("global") ? Scope.GLOBAL : Scope.LOCAL);
  }
}
