// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The API discovery documents of the kinds a claim touches, so that kubectl can look around. */
final class Discovery {
  private record Kind(String plural, String name, boolean namespaced, String shortName) {}

  private static final Map<String, List<Kind>> KINDS =
      new TreeMap<>(
          Map.of(
              "v1",
              List.of(
                  new Kind("configmaps", "ConfigMap", true, "cm"),
                  new Kind("events", "Event", true, "ev"),
                  new Kind("namespaces", "Namespace", false, "ns"),
                  new Kind("nodes", "Node", false, "no"),
                  new Kind("persistentvolumeclaims", "PersistentVolumeClaim", true, "pvc"),
                  new Kind("persistentvolumes", "PersistentVolume", false, "pv"),
                  new Kind("pods", "Pod", true, "po"),
                  new Kind("secrets", "Secret", true, "secret"),
                  new Kind("serviceaccounts", "ServiceAccount", true, "sa")),
              "apps/v1",
              List.of(
                  new Kind("daemonsets", "DaemonSet", true, "ds"),
                  new Kind("deployments", "Deployment", true, "deploy")),
              "coordination.k8s.io/v1",
              List.of(new Kind("leases", "Lease", true, "lease")),
              "events.k8s.io/v1",
              List.of(new Kind("events", "Event", true, "ev")),
              "storage.k8s.io/v1",
              List.of(new Kind("storageclasses", "StorageClass", false, "sc"))));

  /** The document at a path, empty when the path is none of discovery. */
  Optional<String> document(String path) {
    return switch (path) {
      case "/version", "/version/" ->
          Optional.of(
              """
              {"major":"1","minor":"20","gitVersion":"v1.20.0-embedded-stand-in"}\
              """);
      case "/healthz", "/readyz", "/livez" -> Optional.of("\"ok\"");
      case "/" ->
          Optional.of(
              """
              {"paths":["/api","/api/v1","/apis","/apis/apps/v1","/apis/storage.k8s.io/v1"]}\
              """);
      case "/api" -> Optional.of("{\"kind\":\"APIVersions\",\"versions\":[\"v1\"]}");
      case "/apis" -> Optional.of(groups());
      default -> resources(path);
    };
  }

  private static String groups() {
    return KINDS.keySet().stream()
        .filter(version -> version.contains("/"))
        .map(Discovery::group)
        .collect(
            Collectors.joining(
                ",", "{\"kind\":\"APIGroupList\",\"apiVersion\":\"v1\",\"groups\":[", "]}"));
  }

  private static String group(String groupVersion) {
    String version =
        "{\"groupVersion\":\"%s\",\"version\":\"%s\"}"
            .formatted(groupVersion, groupVersion.substring(groupVersion.indexOf('/') + 1));
    return "{\"name\":\"%s\",\"versions\":[%s],\"preferredVersion\":%s}"
        .formatted(groupVersion.substring(0, groupVersion.indexOf('/')), version, version);
  }

  private static Optional<String> resources(String path) {
    return KINDS.entrySet().stream()
        .filter(entry ->
            path.equals((entry.getKey().contains("/") ? "/apis/" : "/api/") + entry.getKey()))
        .map(entry -> resourceList(entry.getKey(), entry.getValue()))
        .findFirst();
  }

  private static String resourceList(String groupVersion, List<Kind> kinds) {
    return kinds.stream()
        .map(kind ->
            """
            {"name":"%s","singularName":"","kind":"%s","namespaced":%s,"shortNames":["%s"],\
            "verbs":["create","delete","get","list","patch","update","watch"]}\
            """
                .formatted(kind.plural(), kind.name(), kind.namespaced(), kind.shortName()))
        .collect(
            Collectors.joining(
                ",",
                "{\"kind\":\"APIResourceList\",\"apiVersion\":\"v1\",\"groupVersion\":\""
                    + groupVersion
                    + "\",\"resources\":[",
                "]}"));
  }
}
