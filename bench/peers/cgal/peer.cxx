// CGAL: booleans by corefinement, and edge collapse with Garland and Heckbert's quadrics.
#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/Polygon_mesh_processing/corefinement.h>
#include <CGAL/Polygon_mesh_processing/measure.h>
#include <CGAL/Surface_mesh.h>
#include <CGAL/Surface_mesh_simplification/Policies/Edge_collapse/Count_ratio_stop_predicate.h>
#include <CGAL/Surface_mesh_simplification/Policies/Edge_collapse/GarlandHeckbert_policies.h>
#include <CGAL/Surface_mesh_simplification/edge_collapse.h>

#include "../serve.hpp"

using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;
using Surface = CGAL::Surface_mesh<Kernel::Point_3>;
namespace Processing = CGAL::Polygon_mesh_processing;
namespace Simplification = CGAL::Surface_mesh_simplification;

Surface surfaceOf(const Triangles& t) {
  Surface s;
  for (std::size_t i = 0; i < t.positions.size(); i += 3)
    s.add_vertex({t.positions[i], t.positions[i + 1], t.positions[i + 2]});
  using Vertex = Surface::Vertex_index;
  for (std::size_t i = 0; i < t.corners.size(); i += 3)
    s.add_face(Vertex(t.corners[i]), Vertex(t.corners[i + 1]), Vertex(t.corners[i + 2]));
  return s;
}

Answer solid(Surface& s) {
  return {{"triangles", double(s.number_of_faces())}, {"volumeMm3", CGAL::to_double(Processing::volume(s))}};
}

int main(int, char** argv) {
  const std::string operation = argv[1];
  const std::string inputs = argv[2];
  if (operation == "union") {
    const auto a = inputMesh(inputs, "talus-100k");
    const auto b = inputMesh(inputs, "talus-100k-turned");
    serve(
        [&] {
          Surface p = surfaceOf(a), q = surfaceOf(b), out;
          Processing::corefine_and_compute_union(p, q, out);
          return out;
        },
        solid);
  } else if (operation == "simplify") {
    const auto mesh = inputMesh(inputs, "calcaneus-dense");
    serve(
        [&] {
          Surface s = surfaceOf(mesh);
          using Policies = Simplification::GarlandHeckbert_policies<Surface, Kernel>;
          Policies policies(s);
          Simplification::edge_collapse(
              s, Simplification::Count_ratio_stop_predicate<Surface>(0.1),
              CGAL::parameters::get_cost(policies.get_cost()).get_placement(policies.get_placement()));
          s.collect_garbage();
          return s;
        },
        solid);
  } else {
    return 2;
  }
}
