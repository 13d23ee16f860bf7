// ITK, with as many threads as it takes by itself.
#include <itkBinaryThresholdImageFilter.h>
#include <itkConnectedComponentImageFilter.h>
#include <itkDiscreteGaussianImageFilter.h>
#include <itkImage.h>
#include <itkImageRegionConstIterator.h>
#include <itkImportImageFilter.h>
#include <itkRelabelComponentImageFilter.h>
#include <itkSignedMaurerDistanceMapImageFilter.h>
#include <itkSmoothingRecursiveGaussianImageFilter.h>

#include <cmath>

#include "../serve.hpp"

using Short = itk::Image<short, 3>;
using Byte = itk::Image<unsigned char, 3>;
using Label = itk::Image<unsigned int, 3>;
using Float = itk::Image<float, 3>;
constexpr short kBoneHu = 226;

template <class Image, class Use>
void each(const Image* image, Use use) {
  for (itk::ImageRegionConstIterator<Image> it(image, image->GetLargestPossibleRegion()); !it.IsAtEnd(); ++it)
    use(it.Get());
}

template <class In, class Out>
auto thresholded(In* image, unsigned char inside) {
  auto f = itk::BinaryThresholdImageFilter<In, Out>::New();
  f->SetInput(image);
  f->SetLowerThreshold(kBoneHu + 1);
  f->SetInsideValue(inside);
  f->SetOutsideValue(0);
  return f;
}

Answer meanSquare(const Float::Pointer& image) {
  double sum = 0;
  std::size_t n = 0;
  each(image.GetPointer(), [&](float x) { sum += double(x) * x, ++n; });
  return {{"meanSquare", sum / n}};
}

int main(int, char** argv) {
  const std::string operation = argv[1];
  auto volume = feetVolume(argv[2]);
  auto import = itk::ImportImageFilter<short, 3>::New();
  Short::SizeType size;
  for (int k = 0; k < 3; k++) size[k] = volume.size[k];
  import->SetRegion(Short::RegionType(size));
  import->SetSpacing(volume.spacingMm.data());
  import->SetImportPointer(volume.hu.data(), volume.hu.size(), false);
  import->Update();
  Short::Pointer ct = import->GetOutput();

  if (operation == "components") {
    struct Found {
      Byte::Pointer mask;
      double pieces;
    };
    serve(
        [&] {
          auto threshold = thresholded<Short, Byte>(ct, 1);
          auto connect = itk::ConnectedComponentImageFilter<Byte, Label>::New();
          connect->SetInput(threshold->GetOutput());
          auto rank = itk::RelabelComponentImageFilter<Label, Label>::New();
          rank->SetInput(connect->GetOutput());
          auto largest = itk::BinaryThresholdImageFilter<Label, Byte>::New();
          largest->SetInput(rank->GetOutput());
          largest->SetLowerThreshold(1);
          largest->SetUpperThreshold(1);
          largest->SetInsideValue(1);
          largest->Update();
          return Found{largest->GetOutput(), double(rank->GetNumberOfObjects())};
        },
        [](const Found& found) -> Answer {
          double voxels = 0;
          each(found.mask.GetPointer(), [&](unsigned char x) { voxels += x; });
          return {{"voxels", voxels}, {"pieces", found.pieces}};
        });
  } else if (operation == "signed-distance") {
    auto threshold = thresholded<Short, Byte>(ct, 1);
    threshold->Update();
    Byte::Pointer bone = threshold->GetOutput();
    serve(
        [&] {
          auto f = itk::SignedMaurerDistanceMapImageFilter<Byte, Float>::New();
          f->SetInput(bone);
          f->SquaredDistanceOff();
          f->UseImageSpacingOn();
          f->Update();
          return Float::Pointer(f->GetOutput());
        },
        [](const Float::Pointer& image) -> Answer {
          double sum = 0;
          std::size_t n = 0;
          each(image.GetPointer(), [&](float x) {
            if (x > 0) sum += x, ++n;
          });
          return {{"meanOutsideMm", sum / n}};
        });
  } else if (operation == "gaussian") {
    serve(
        [&] {
          auto f = itk::DiscreteGaussianImageFilter<Short, Float>::New();
          f->SetInput(ct);
          f->SetUseImageSpacing(false);
          f->SetVariance(1);
          f->SetMaximumKernelWidth(9);
          f->SetMaximumError(1e-4);
          f->Update();
          return Float::Pointer(f->GetOutput());
        },
        meanSquare);
  } else if (operation == "gaussian-recursive") {
    serve(
        [&] {
          auto f = itk::SmoothingRecursiveGaussianImageFilter<Short, Float>::New();
          f->SetInput(ct);
          f->SetSigmaArray(ct->GetSpacing().GetDataPointer());
          f->Update();
          return Float::Pointer(f->GetOutput());
        },
        meanSquare);
  } else {
    return 2;
  }
}
